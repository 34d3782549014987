import { useEffect, useState, type FormEvent } from "react";
import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { supabase } from "@/integrations/supabase/client";
import { Problem } from "@/components/Problem";

export const Route = createFileRoute("/auth")({ ssr: false, component: Auth });

function Auth() {
  const navigate = useNavigate();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [business, setBusiness] = useState("");
  const [error, setError] = useState<{ message: string } | null>(null);
  const [mailed, setMailed] = useState(false);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    void supabase.auth.getSession().then(({ data }) => {
      if (data.session) void navigate({ to: "/invoices" });
    });
  }, [navigate]);

  const attempt = async (action: () => Promise<{ message: string } | null>) => {
    setError(null);
    setMailed(false);
    if (!email.includes("@")) return setError({ message: "Enter a valid e-mail address." });
    if (password.length < 6) return setError({ message: "The password needs 6 characters or more." });
    setBusy(true);
    try {
      setError(await action());
    } finally {
      setBusy(false);
    }
  };

  const signIn = (event: FormEvent) => {
    event.preventDefault();
    void attempt(async () => {
      const { error } = await supabase.auth.signInWithPassword({ email, password });
      if (!error) await navigate({ to: "/invoices" });
      return error;
    });
  };

  const signUp = () =>
    attempt(async () => {
      const { data, error } = await supabase.auth.signUp({
        email,
        password,
        options: {
          emailRedirectTo: `${window.location.origin}/invoices`,
          data: { business_name: business },
        },
      });
      if (error) return error;
      if (data.session) await navigate({ to: "/invoices" });
      else setMailed(true);
      return null;
    });

  return (
    <form className="card narrow" onSubmit={signIn} noValidate>
      <h1>Your account</h1>
      <label>
        Email
        <input type="email" autoComplete="email" value={email} onChange={(e) => setEmail(e.target.value)} />
      </label>
      <label>
        Password
        <input
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
      </label>
      <label>
        Business name
        <input value={business} placeholder="only for a new account" onChange={(e) => setBusiness(e.target.value)} />
      </label>
      <Problem error={error} />
      {mailed && <p role="status">Check your mail: we sent a link to {email}.</p>}
      <div className="row">
        <button type="submit" disabled={busy}>
          Sign in
        </button>
        <button type="button" className="quiet" disabled={busy} onClick={signUp}>
          Sign up
        </button>
      </div>
    </form>
  );
}
