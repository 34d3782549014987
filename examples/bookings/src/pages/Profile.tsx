import { useEffect, useState, type FormEvent } from "react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import { useAuth } from "@/hooks/useAuth";
import Problem from "@/components/Problem";

export default function Profile() {
  const { session } = useAuth();
  const id = session!.user.id;
  const [fullName, setFullName] = useState("");
  const [salon, setSalon] = useState("");

  const profile = useQuery({
    queryKey: ["profile", id],
    queryFn: async () => {
      const { data, error } = await supabase.from("profiles").select("full_name, salon_name").eq("id", id).single();
      if (error) throw error;
      return data;
    },
  });

  useEffect(() => {
    if (!profile.data) return;
    setFullName(profile.data.full_name ?? "");
    setSalon(profile.data.salon_name);
  }, [profile.data]);

  const save = useMutation({
    mutationFn: async () => {
      const { error } = await supabase
        .from("profiles")
        .update({ full_name: fullName, salon_name: salon })
        .eq("id", id);
      if (error) throw error;
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };

  return (
    <form className="card narrow" onSubmit={submit}>
      <h1>Profile</h1>
      <label>
        Full name
        <input value={fullName} onChange={(e) => setFullName(e.target.value)} />
      </label>
      <label>
        Salon name
        <input value={salon} onChange={(e) => setSalon(e.target.value)} />
      </label>
      <Problem error={profile.error ?? save.error} />
      {save.isSuccess && <p role="status">Saved.</p>}
      <button type="submit" disabled={save.isPending}>
        Save profile
      </button>
    </form>
  );
}
