import { useState, type FormEvent } from "react";
import { Navigate, useLocation } from "react-router-dom";
import { supabase } from "@/integrations/supabase/client";
import { useAuth } from "@/hooks/useAuth";
import Problem from "@/components/Problem";

export default function Auth() {
  const { session } = useAuth();
  const location = useLocation();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [fullName, setFullName] = useState("");
  const [error, setError] = useState<{ message: string } | null>(null);
  const [mailed, setMailed] = useState(false);
  const [busy, setBusy] = useState(false);

  if (session) return <Navigate to={location.state?.from ?? "/bookings"} replace />;

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
      return error;
    });
  };

  const signUp = () =>
    attempt(async () => {
      const { data, error } = await supabase.auth.signUp({
        email,
        password,
        options: {
          emailRedirectTo: `${window.location.origin}/bookings`,
          data: fullName ? { full_name: fullName } : {},
        },
      });
      if (!error && !data.session) setMailed(true);
      return error;
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
        Full name
        <input value={fullName} placeholder="only for a new account" onChange={(e) => setFullName(e.target.value)} />
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
