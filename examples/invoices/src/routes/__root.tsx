import { useEffect, useState, type ReactNode } from "react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  HeadContent,
  Link,
  Outlet,
  Scripts,
  createRootRouteWithContext,
  useRouter,
  type ErrorComponentProps,
} from "@tanstack/react-router";
import { supabase } from "@/integrations/supabase/client";
import { RELEASE } from "@/version";
import appCss from "../styles.css?url";

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  head: () => ({
    meta: [
      { charSet: "utf-8" },
      { name: "viewport", content: "width=device-width, initial-scale=1" },
      { title: "Plain Invoices" },
      { name: "description", content: "Invoices for a one-person business" },
    ],
    links: [{ rel: "stylesheet", href: appCss }],
  }),
  shellComponent: RootShell,
  component: RootComponent,
  notFoundComponent: NotFound,
  errorComponent: Failed,
});

function RootShell({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <HeadContent />
      </head>
      <body>
        {children}
        <Scripts />
      </body>
    </html>
  );
}

function RootComponent() {
  const { queryClient } = Route.useRouteContext();
  const router = useRouter();
  const [email, setEmail] = useState<string | null>(null);

  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_event, session) => {
      setEmail(session?.user.email ?? null);
    });
    return () => data.subscription.unsubscribe();
  }, []);

  const signOut = async () => {
    await supabase.auth.signOut();
    queryClient.clear();
    await router.navigate({ to: "/" });
  };

  return (
    <QueryClientProvider client={queryClient}>
      <div className="page">
        <header>
          <Link to="/" className="brand">
            Plain Invoices
          </Link>
          <nav aria-label="Main">
            {email ? (
              <>
                <Link to="/invoices">Invoices</Link>
                <button type="button" className="quiet" onClick={signOut}>
                  Sign out
                </button>
              </>
            ) : (
              <Link to="/auth">Log in</Link>
            )}
          </nav>
        </header>
        <main>
          <Outlet />
        </main>
        <footer>
          <span data-testid="account">{email ?? "not signed in"}</span>
          <span>Plain Invoices, release {RELEASE}</span>
        </footer>
      </div>
    </QueryClientProvider>
  );
}

function NotFound() {
  return (
    <section className="hero">
      <h1>404</h1>
      <p>There is no such page.</p>
      <Link to="/">Back to the start</Link>
    </section>
  );
}

function Failed({ error, reset }: ErrorComponentProps) {
  return (
    <section className="hero">
      <h1>That did not work</h1>
      <p role="alert">{error instanceof Error ? error.message : "Please try again in a moment."}</p>
      <button type="button" onClick={reset}>
        Try again
      </button>
    </section>
  );
}
