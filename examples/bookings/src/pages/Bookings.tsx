import { useState } from "react";
import { Link } from "react-router-dom";
import { useQuery } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import { Constants, type Database } from "@/integrations/supabase/types";
import { money, when } from "@/lib/format";
import Problem from "@/components/Problem";
import NewBooking from "@/components/NewBooking";
import Stats from "@/components/Stats";

type Status = Database["public"]["Enums"]["booking_status"];
const PAGE_SIZE = 10;

export default function Bookings() {
  const [open, setOpen] = useState(false);
  const [page, setPage] = useState(0);
  const [status, setStatus] = useState<Status | "">("");
  const [search, setSearch] = useState("");

  const bookings = useQuery({
    queryKey: ["bookings", page, status, search],
    queryFn: async ({ signal }) => {
      const word = search.trim();
      let query = supabase
        .from("bookings")
        .select(
          `id, starts_at, status, customers${word ? "!inner" : ""}(name), services!inner(name, price)` as
            "id, starts_at, status, customers!inner(name), services!inner(name, price)",
          { count: "exact" },
        )
        .order("starts_at", { ascending: false })
        .range(page * PAGE_SIZE, (page + 1) * PAGE_SIZE - 1)
        .abortSignal(signal);
      if (status) query = query.eq("status", status);
      if (word) query = query.ilike("customers.name", `%${word}%`);
      const { data, count, error } = await query;
      if (error) throw error;
      return { rows: data, total: count ?? 0 };
    },
  });

  const pages = Math.max(1, Math.ceil((bookings.data?.total ?? 0) / PAGE_SIZE));

  return (
    <section>
      <div className="head">
        <h1>Bookings</h1>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          New booking
        </button>
      </div>
      {open && <NewBooking onDone={() => setOpen(false)} />}
      <Stats />
      <div className="row filters">
        <label>
          Search
          <input
            type="search"
            value={search}
            onChange={(e) => {
              setSearch(e.target.value);
              setPage(0);
            }}
          />
        </label>
        <label>
          Status filter
          <select
            aria-label="Status filter"
            value={status}
            onChange={(e) => {
              setStatus(e.target.value as Status | "");
              setPage(0);
            }}
          >
            <option value="">all</option>
            {Constants.public.Enums.booking_status.map((s) => (
              <option key={s}>{s}</option>
            ))}
          </select>
        </label>
      </div>
      <Problem error={bookings.error} />
      <div className="scroll">
        <table aria-label="Bookings">
          <thead>
            <tr>
              <th>When</th>
              <th>Customer</th>
              <th>Service</th>
              <th>Price</th>
              <th>Status</th>
            </tr>
          </thead>
          <tbody>
            {bookings.data?.rows.map((b) => (
              <tr key={b.id}>
                <td>
                  <Link to={`/bookings/${b.id}`}>{when(b.starts_at)}</Link>
                </td>
                <td>{b.customers?.name}</td>
                <td>{b.services.name}</td>
                <td>{money(b.services.price)}</td>
                <td>
                  <span className={`tag ${b.status}`}>{b.status}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {bookings.data?.total === 0 && <p>No bookings here yet.</p>}
      <div className="row pager">
        <button type="button" className="quiet" disabled={page === 0} onClick={() => setPage(page - 1)}>
          Previous page
        </button>
        <span>
          Page {page + 1} of {pages}, {bookings.data?.total ?? 0} bookings
        </span>
        <button
          type="button"
          className="quiet"
          disabled={page + 1 >= pages}
          onClick={() => setPage(page + 1)}
        >
          Next page
        </button>
      </div>
    </section>
  );
}
