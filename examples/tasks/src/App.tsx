import { useEffect, useState } from 'react';
import type { Session } from '@supabase/supabase-js';
import { CheckSquare, LogOut } from 'lucide-react';
import { supabase } from './lib/supabase';
import { RELEASE } from './version';
import Auth from './components/Auth';
import Projects from './components/Projects';

export default function App() {
  const [session, setSession] = useState<Session | null>(null);
  const [loading, setLoading] = useState(true);

  useEffect(() => {
    supabase.auth.getSession().then(({ data }) => {
      setSession(data.session);
      setLoading(false);
    });
    const { data } = supabase.auth.onAuthStateChange((_event, current) => setSession(current));
    return () => data.subscription.unsubscribe();
  }, []);

  return (
    <div className="page">
      <header>
        <span className="brand">
          <CheckSquare aria-hidden="true" size={20} /> Team Tasks
        </span>
        {session && (
          <button type="button" className="quiet" onClick={() => supabase.auth.signOut()}>
            <LogOut aria-hidden="true" size={16} /> Sign out
          </button>
        )}
      </header>
      <main>
        {loading && <p role="status">Loading…</p>}
        {!loading && !session && <Auth />}
        {session && <Projects key={session.user.id} />}
      </main>
      <footer>
        <span data-testid="account">{session?.user.email ?? 'not signed in'}</span>
        <span>Team Tasks, release {RELEASE}</span>
      </footer>
    </div>
  );
}
