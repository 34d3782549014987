import { Link, NavLink, Outlet, useNavigate } from "react-router-dom";
import { useQueryClient } from "@tanstack/react-query";
import { supabase } from "@/integrations/supabase/client";
import { useAuth } from "@/hooks/useAuth";
import { RELEASE } from "@/version";

export default function Layout() {
  const { session } = useAuth();
  const queries = useQueryClient();
  const navigate = useNavigate();

  const signOut = async () => {
    await supabase.auth.signOut();
    queries.clear();
    navigate("/");
  };

  return (
    <div className="page">
      <header className="top">
        <Link to="/" className="brand">
          Salon Bookings
        </Link>
        {session ? (
          <nav aria-label="Main">
            <NavLink to="/bookings">Bookings</NavLink>
            <NavLink to="/customers">Customers</NavLink>
            <NavLink to="/services">Services</NavLink>
            <NavLink to="/profile">Profile</NavLink>
            <button type="button" className="quiet" onClick={signOut}>
              Sign out
            </button>
          </nav>
        ) : (
          <nav aria-label="Main">
            <NavLink to="/auth">Log in</NavLink>
          </nav>
        )}
      </header>
      <main>
        <Outlet />
      </main>
      <footer>
        {session && <span data-testid="account">{session.user.email}</span>}
        <span>Salon Bookings, release {RELEASE}</span>
      </footer>
    </div>
  );
}
