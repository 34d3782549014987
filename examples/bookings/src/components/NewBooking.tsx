import { useState, type FormEvent } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import Problem from "@/components/Problem";

const UNIQUE_VIOLATION = "23505";

export default function NewBooking({ onDone }: { onDone: () => void }) {
  const queries = useQueryClient();
  const [customerId, setCustomerId] = useState("");
  const [serviceId, setServiceId] = useState("");
  const [startsAt, setStartsAt] = useState("");
  const [note, setNote] = useState("");

  const choices = useQuery({
    queryKey: ["choices"],
    queryFn: async () => {
      const [customers, services] = await Promise.all([
        supabase.from("customers").select("id, name").order("name"),
        supabase.from("services").select("id, name").is("active", true).order("name"),
      ]);
      if (customers.error) throw customers.error;
      if (services.error) throw services.error;
      return { customers: customers.data, services: services.data };
    },
  });

  const save = useMutation({
    mutationFn: async () => {
      if (!customerId || !serviceId || !startsAt) {
        throw new Error("Choose a customer, a service and a time.");
      }
      const { error } = await supabase
        .from("bookings")
        .insert({
          customer_id: customerId,
          service_id: serviceId,
          starts_at: new Date(startsAt).toISOString(),
          note: note || null,
        })
        .select("id")
        .single();
      if (error?.code === UNIQUE_VIOLATION) throw new Error("Another booking starts at that time.");
      if (error) throw error;
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["bookings"] });
      onDone();
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };

  return (
    <form className="card" onSubmit={submit} aria-label="New booking">
      <div className="row">
        <label>
          Customer
          <select aria-label="Customer" value={customerId} onChange={(e) => setCustomerId(e.target.value)}>
            <option value="">choose…</option>
            {choices.data?.customers.map((c) => (
              <option key={c.id} value={c.id}>
                {c.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Service
          <select aria-label="Service" value={serviceId} onChange={(e) => setServiceId(e.target.value)}>
            <option value="">choose…</option>
            {choices.data?.services.map((s) => (
              <option key={s.id} value={s.id}>
                {s.name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Starts at
          <input type="datetime-local" value={startsAt} onChange={(e) => setStartsAt(e.target.value)} />
        </label>
        <label>
          Note
          <input value={note} onChange={(e) => setNote(e.target.value)} />
        </label>
      </div>
      <Problem error={save.error ?? choices.error} />
      <button type="submit" disabled={save.isPending}>
        Save booking
      </button>
    </form>
  );
}
