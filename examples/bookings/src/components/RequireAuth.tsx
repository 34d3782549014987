import { Navigate, Outlet, useLocation } from "react-router-dom";
import { useAuth } from "@/hooks/useAuth";

/** Everything below needs an account; the address asked for is kept for after the login. */
export default function RequireAuth() {
  const { session, loading } = useAuth();
  const location = useLocation();

  if (loading) return <p role="status">Loading…</p>;
  if (!session) return <Navigate to="/auth" replace state={{ from: location.pathname }} />;
  return <Outlet />;
}
