import { Link, createFileRoute } from "@tanstack/react-router";
import { frontPage } from "@/lib/public.functions";
import { money } from "@/lib/format";

export const Route = createFileRoute("/")({
  loader: () => frontPage(),
  component: FrontPage,
});

function FrontPage() {
  const { plans, businesses, renderedAt } = Route.useLoaderData();
  return (
    <section className="hero">
      <h1>Invoices without the paperwork</h1>
      <p>
        Write an invoice in a minute, see what is open. <strong>{businesses}</strong>{" "}
        {businesses === 1 ? "business writes" : "businesses write"} invoices here.
      </p>
      <Link to="/auth" className="button">
        Get started
      </Link>
      <ul className="cards" aria-label="Plans">
        {plans.map((plan) => (
          <li key={plan.code}>
            <strong>{plan.title}</strong>
            <span>{money(plan.monthly_price)} a month</span>
          </li>
        ))}
      </ul>
      <small>Rendered at {renderedAt}</small>
    </section>
  );
}
