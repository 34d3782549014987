import { useState, type FormEvent } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import { useAuth } from "@/hooks/useAuth";
import { money } from "@/lib/format";
import Problem from "@/components/Problem";

const FOREIGN_KEY_VIOLATION = "23503";

export default function Services() {
  const queries = useQueryClient();
  const { session } = useAuth();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [price, setPrice] = useState("");
  const [minutes, setMinutes] = useState("60");

  const services = useQuery({
    queryKey: ["services"],
    queryFn: async () => {
      const { data, error } = await supabase.from("services").select("*").order("name");
      if (error) throw error;
      return data;
    },
  });

  const changed = async () => {
    await queries.invalidateQueries({ queryKey: ["services"] });
    await queries.invalidateQueries({ queryKey: ["choices"] });
  };

  // A service is known by its name: saving the same name again changes its price.
  const save = useMutation({
    mutationFn: async () => {
      if (!name.trim() || price === "") throw new Error("A service needs a name and a price.");
      const { error } = await supabase.from("services").upsert(
        { user_id: session!.user.id, name, price: Number(price), duration_minutes: Number(minutes) },
        { onConflict: "user_id,name" },
      );
      if (error) throw error;
    },
    onSuccess: async () => {
      setName("");
      setPrice("");
      setOpen(false);
      await changed();
    },
  });

  const remove = useMutation({
    mutationFn: async (id: string) => {
      const { error } = await supabase.from("services").delete().eq("id", id);
      if (error?.code === FOREIGN_KEY_VIOLATION) throw new Error("This service has bookings and must stay.");
      if (error) throw error;
    },
    onSuccess: changed,
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };

  return (
    <section>
      <div className="head">
        <h1>Services</h1>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          New service
        </button>
      </div>
      {open && (
        <form className="card" onSubmit={submit} aria-label="New service" noValidate>
          <div className="row">
            <label>
              Name
              <input value={name} onChange={(e) => setName(e.target.value)} />
            </label>
            <label>
              Price
              <input type="number" step="0.01" value={price} onChange={(e) => setPrice(e.target.value)} />
            </label>
            <label>
              Minutes
              <input type="number" value={minutes} onChange={(e) => setMinutes(e.target.value)} />
            </label>
          </div>
          <Problem error={save.error} />
          <button type="submit" disabled={save.isPending}>
            Save service
          </button>
        </form>
      )}
      <Problem error={services.error ?? remove.error} />
      <ul className="cards" aria-label="Services">
        {services.data?.map((s) => (
          <li key={s.id}>
            <strong>{s.name}</strong>
            <span>
              {money(s.price)}, {s.duration_minutes} minutes
            </span>
            <button type="button" className="quiet" onClick={() => remove.mutate(s.id)}>
              Delete {s.name}
            </button>
          </li>
        ))}
      </ul>
      {services.data?.length === 0 && <p>No services yet.</p>}
    </section>
  );
}
