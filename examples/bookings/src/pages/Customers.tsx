import { useState, type FormEvent } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import { money, quoted } from "@/lib/format";
import Problem from "@/components/Problem";

export default function Customers() {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [phone, setPhone] = useState("");

  const customers = useQuery({
    queryKey: ["customers", search],
    queryFn: async () => {
      const word = quoted(`%${search.trim()}%`);
      let query = supabase
        .from("customers")
        .select("id, name, email, phone, bookings(count)")
        .order("name");
      if (search.trim()) query = query.or(`name.ilike.${word},email.ilike.${word},phone.ilike.${word}`);
      const { data, error } = await query;
      if (error) throw error;
      return data;
    },
  });

  const history = useQuery({
    queryKey: ["customers", "history"],
    queryFn: async () => {
      const { data, error } = await supabase.from("customer_history").select("customer_id, spent").gt("spent", 0);
      if (error) throw error;
      return new Map(data.map((row) => [row.customer_id, row.spent ?? 0]));
    },
  });

  const save = useMutation({
    mutationFn: async () => {
      if (!name.trim()) throw new Error("A customer needs a name.");
      const { error } = await supabase
        .from("customers")
        .insert({ name, email: email || null, phone: phone || null });
      if (error) throw error;
    },
    onSuccess: async () => {
      setName("");
      setEmail("");
      setPhone("");
      setOpen(false);
      await queries.invalidateQueries({ queryKey: ["customers"] });
      await queries.invalidateQueries({ queryKey: ["choices"] });
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };

  return (
    <section>
      <div className="head">
        <h1>Customers</h1>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          New customer
        </button>
      </div>
      {open && (
        <form className="card" onSubmit={submit} aria-label="New customer" noValidate>
          <div className="row">
            <label>
              Name
              <input value={name} onChange={(e) => setName(e.target.value)} />
            </label>
            <label>
              Customer email
              <input type="email" value={email} onChange={(e) => setEmail(e.target.value)} />
            </label>
            <label>
              Phone
              <input value={phone} onChange={(e) => setPhone(e.target.value)} />
            </label>
          </div>
          <Problem error={save.error} />
          <button type="submit" disabled={save.isPending}>
            Save customer
          </button>
        </form>
      )}
      <label className="filters">
        Search
        <input type="search" value={search} onChange={(e) => setSearch(e.target.value)} />
      </label>
      <Problem error={customers.error ?? history.error} />
      <ul className="cards" aria-label="Customers">
        {customers.data?.map((c) => (
          <li key={c.id}>
            <strong>{c.name}</strong>
            <span>{[c.email, c.phone].filter(Boolean).join(", ") || "no contact"}</span>
            <small>
              {c.bookings[0]?.count ?? 0} bookings, {money(history.data?.get(c.id) ?? 0)} spent
            </small>
          </li>
        ))}
      </ul>
      {customers.data?.length === 0 && <p>No customers found.</p>}
    </section>
  );
}
