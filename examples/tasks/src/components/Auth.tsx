import { useState, type FormEvent } from 'react';
import { supabase } from '../lib/supabase';

export default function Auth() {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [displayName, setDisplayName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [mailed, setMailed] = useState(false);
  const [busy, setBusy] = useState(false);

  const attempt = async (action: () => Promise<string | null>) => {
    setError(null);
    setMailed(false);
    if (!email.includes('@')) return setError('Enter a valid e-mail address.');
    if (password.length < 6) return setError('The password needs 6 characters or more.');
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
      const { error: failed } = await supabase.auth.signInWithPassword({ email, password });
      return failed?.message ?? null;
    });
  };

  const signUp = () =>
    attempt(async () => {
      const { data, error: failed } = await supabase.auth.signUp({
        email,
        password,
        options: { data: displayName ? { display_name: displayName } : {} },
      });
      if (!failed && !data.session) setMailed(true);
      return failed?.message ?? null;
    });

  return (
    <form className="card narrow" onSubmit={signIn} noValidate>
      <h1>Work together</h1>
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
        Display name
        <input
          value={displayName}
          placeholder="only for a new account"
          onChange={(e) => setDisplayName(e.target.value)}
        />
      </label>
      {error && (
        <p role="alert" className="problem">
          {error}
        </p>
      )}
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
