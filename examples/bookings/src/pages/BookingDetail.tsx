import { Link, useNavigate, useParams } from "react-router-dom";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import { Constants, type Database } from "@/integrations/supabase/types";
import { money, when } from "@/lib/format";
import Problem from "@/components/Problem";

type Status = Database["public"]["Enums"]["booking_status"];

export default function BookingDetail() {
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();

  const booking = useQuery({
    queryKey: ["booking", id],
    queryFn: async () => {
      const { data, error } = await supabase
        .from("bookings")
        .select("*, customer:customers(name, email, phone), service:services(name, price, duration_minutes)")
        .eq("id", id)
        .maybeSingle();
      if (error) throw error;
      return data;
    },
  });

  const changed = async () => {
    await queries.invalidateQueries({ queryKey: ["booking", id] });
    await queries.invalidateQueries({ queryKey: ["bookings"] });
  };

  const setStatus = useMutation({
    mutationFn: async (status: Status) => {
      const { error } = await supabase.from("bookings").update({ status }).eq("id", id).select().single();
      if (error) throw error;
    },
    onSuccess: changed,
  });

  const reminder = useMutation({
    mutationFn: async () => {
      const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
      const { data, error } = await supabase.functions.invoke<{ text: string }>("booking-reminder", {
        body: { bookingId: id, timeZone },
      });
      if (error) throw error;
      return data;
    },
  });

  const remove = useMutation({
    mutationFn: async () => {
      const { error } = await supabase.from("bookings").delete().eq("id", id);
      if (error) throw error;
    },
    onSuccess: async () => {
      navigate("/bookings");
      await queries.invalidateQueries({ queryKey: ["bookings"] });
    },
  });

  if (booking.isPending) return <p role="status">Loading…</p>;
  if (booking.error) return <Problem error={booking.error} />;
  if (!booking.data) return <p role="alert">There is no such booking.</p>;

  const b = booking.data;
  return (
    <article className="card">
      <Link to="/bookings">All bookings</Link>
      <h1>{b.customer?.name}</h1>
      <dl className="facts">
        <dt>When</dt>
        <dd>{when(b.starts_at)}</dd>
        <dt>Service</dt>
        <dd>
          {b.service?.name}, {b.service?.duration_minutes} minutes, {money(b.service?.price ?? 0)}
        </dd>
        <dt>Contact</dt>
        <dd>{[b.customer?.email, b.customer?.phone].filter(Boolean).join(", ") || "none"}</dd>
        <dt>Note</dt>
        <dd>{b.note || "none"}</dd>
      </dl>
      <label>
        Status
        <select aria-label="Status" value={b.status} onChange={(e) => setStatus.mutate(e.target.value as Status)}>
          {Constants.public.Enums.booking_status.map((s) => (
            <option key={s}>{s}</option>
          ))}
        </select>
      </label>
      <Problem error={setStatus.error ?? reminder.error ?? remove.error} />
      {reminder.data && <blockquote aria-label="Reminder">{reminder.data.text}</blockquote>}
      <button type="button" disabled={reminder.isPending} onClick={() => reminder.mutate()}>
        Draft reminder
      </button>
      <button type="button" className="danger" onClick={() => remove.mutate()}>
        Delete booking
      </button>
    </article>
  );
}
