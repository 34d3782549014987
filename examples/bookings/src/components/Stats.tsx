import { useQuery } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import { money } from "@/lib/format";

export default function Stats() {
  const stats = useQuery({
    queryKey: ["bookings", "stats"],
    queryFn: async () => {
      const { data, error } = await supabase.rpc("booking_stats", { days: 30 });
      if (error) throw error;
      return data;
    },
  });
  if (!stats.data?.length) return null;
  return (
    <dl className="stats" aria-label="Last thirty days">
      {stats.data.map((s) => (
        <div key={s.status}>
          <dt>{s.status}</dt>
          <dd>
            {s.bookings} <small>{money(s.revenue)}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
