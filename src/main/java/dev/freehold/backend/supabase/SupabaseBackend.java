package dev.freehold.backend.supabase;

import dev.freehold.backend.ApiKeys;
import dev.freehold.http.Handler;
import java.util.LinkedHashMap;
import java.util.Map;

/// All of one Environment that an App reaches by supabase-js: what is mounted where.
///
/// Every service stands behind a [Gateway], which checks the API key and answers browsers' CORS
/// questions. A service this version does not have answers so that a person can read it.
public final class SupabaseBackend {
  private final Map<String, Handler> mounts;

  /// What a request without one of the API keys meets.
  public enum Keys {
    /// Services that ask for a key refuse it, as a hosted project does.
    REQUIRED,
    /// It is passed on, as the Supabase CLI's local stack does.
    OPTIONAL
  }

  /// @param keys the API keys Apps may present
  /// @param rest PostgREST's wire, sees paths without `/rest/v1`
  /// @param auth GoTrue's wire, sees paths without `/auth/v1`
  /// @param version this program's version, named by services that are not here yet
  public SupabaseBackend(ApiKeys keys, Handler rest, Handler auth, String version) {
    this(keys, Keys.REQUIRED, rest, auth, version);
  }

  /// The same, saying what a request without a key meets.
  public SupabaseBackend(ApiKeys keys, Keys rule, Handler rest, Handler auth, String version) {
    var all = new LinkedHashMap<String, Handler>();
    all.put("/rest/v1", gateway(GatewayRoute.REST, rule, keys, rest));
    all.put("/auth/v1", gateway(GatewayRoute.AUTH, rule, keys, auth));
    all.put("/storage/v1", absent(GatewayRoute.STORAGE, rule, keys, version));
    all.put("/realtime/v1", absent(GatewayRoute.REALTIME, rule, keys, version));
    all.put("/functions/v1", absent(GatewayRoute.FUNCTIONS, rule, keys, version));
    all.put("/graphql/v1", absent(GatewayRoute.GRAPHQL, rule, keys, version));
    this.mounts = Map.copyOf(all);
  }

  /// Prefix to handler. Each handler sees paths without its prefix.
  public Map<String, Handler> mounts() {
    return mounts;
  }

  private static Handler absent(GatewayRoute route, Keys rule, ApiKeys keys, String version) {
    return gateway(route, rule, keys, new AbsentService(route.service(), version));
  }

  private static Handler gateway(GatewayRoute route, Keys rule, ApiKeys keys, Handler service) {
    return switch (rule) {
      case REQUIRED -> new Gateway(route, keys, service);
      case OPTIONAL -> new Gateway(route.withoutKey(), keys, service);
    };
  }
}
