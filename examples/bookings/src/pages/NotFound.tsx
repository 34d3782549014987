import { Link, useLocation } from "react-router-dom";

export default function NotFound() {
  const { pathname } = useLocation();
  return (
    <section className="hero">
      <h1>404</h1>
      <p>There is no page at {pathname}.</p>
      <Link className="button" to="/">
        Return to the start
      </Link>
    </section>
  );
}
