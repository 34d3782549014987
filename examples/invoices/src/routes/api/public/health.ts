import { createFileRoute } from "@tanstack/react-router";
import { supabase } from "@/integrations/supabase/client";
import { RELEASE } from "@/version";

export const Route = createFileRoute("/api/public/health")({
  server: {
    handlers: {
      GET: async () => {
        const { error } = await supabase.from("plans").select("code").limit(1);
        const status = error ? "degraded" : "ok";
        return Response.json({ status, release: RELEASE }, { status: error ? 503 : 200 });
      },
    },
  },
});
