import { Link } from "react-router-dom";
import { useAuth } from "@/hooks/useAuth";

export default function Index() {
  const { session } = useAuth();
  return (
    <section className="hero">
      <h1>Every appointment in one book</h1>
      <p>
        Who comes when, for what, and what it brings in. Your customers and bookings are visible to
        nobody but you.
      </p>
      <Link className="button" to={session ? "/bookings" : "/auth"}>
        {session ? "Open the book" : "Get started"}
      </Link>
    </section>
  );
}
