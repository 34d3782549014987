package dev.freehold.backend.supabase;

import dev.freehold.backend.ApiKeys;
import dev.freehold.backend.supabase.auth.Broker;
import dev.freehold.http.Handler;
import dev.freehold.http.QuickHandler;
import dev.freehold.http.StreamHandler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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

  /// The services behind the gateways; each sees paths without its prefix.
  ///
  /// @param rest PostgREST's wire, at `/rest/v1`
  /// @param auth GoTrue's wire, at `/auth/v1`
  /// @param storage files, at `/storage/v1`; empty answers 501
  /// @param realtime changes and channels, at `/realtime/v1`; empty answers 501
  /// @param functions edge functions, at `/functions/v1`; empty answers 501
  public record Services(
      Handler rest,
      Handler auth,
      Optional<Handler> storage,
      Optional<Handler> realtime,
      Optional<Handler> functions) {
    /// The two that every App has.
    public static Services of(Handler rest, Handler auth) {
      return new Services(rest, auth, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// The same with edge functions.
    public Services withFunctions(Handler called) {
      return new Services(rest, auth, storage, realtime, Optional.of(called));
    }

    /// The same with Realtime.
    public Services withRealtime(Handler served) {
      return new Services(rest, auth, storage, Optional.of(served), functions);
    }

    /// The same with files.
    public Services withStorage(Handler files) {
      return new Services(rest, auth, Optional.of(files), realtime, functions);
    }
  }

  /// @param keys the API keys Apps may present
  /// @param rule what a request without a key meets
  /// @param services what is served
  /// @param version this program's version, named by services that are not there
  public SupabaseBackend(ApiKeys keys, Keys rule, Services services, String version) {
    var absent = new Absent(version);
    var all = new LinkedHashMap<String, Handler>();
    all.put("/rest/v1", gateway(GatewayRoute.REST, rule, keys, services.rest()));
    all.put("/auth/v1", gateway(GatewayRoute.AUTH, rule, keys, services.auth()));
    var storage = absent.unless(services.storage(), GatewayRoute.STORAGE);
    all.put("/storage/v1", gateway(GatewayRoute.STORAGE, rule, keys, storage));
    var realtime = absent.unless(services.realtime(), GatewayRoute.REALTIME);
    all.put("/realtime/v1", gateway(GatewayRoute.REALTIME, rule, keys, realtime));
    var functions = absent.unless(services.functions(), GatewayRoute.FUNCTIONS);
    all.put("/functions/v1", gateway(GatewayRoute.FUNCTIONS, rule, keys, functions));
    var graphql = absent.unless(Optional.empty(), GatewayRoute.GRAPHQL);
    all.put("/graphql/v1", gateway(GatewayRoute.GRAPHQL, rule, keys, graphql));
    all.put("/~oauth", new Broker());
    this.mounts = Map.copyOf(all);
  }

  /// Prefix to handler. Each handler sees paths without its prefix.
  public Map<String, Handler> mounts() {
    return mounts;
  }

  private record Absent(String version) {
    Handler unless(Optional<Handler> present, GatewayRoute route) {
      return present.orElseGet(() -> new AbsentService(route.service(), version));
    }
  }

  private static Handler gateway(GatewayRoute route, Keys rule, ApiKeys keys, Handler service) {
    var gateway =
        switch (rule) {
          case REQUIRED -> new Gateway(route, keys, service);
          case OPTIONAL -> new Gateway(route.withoutKey(), keys, service);
        };
    return switch (service) {
      case StreamHandler streamed -> new StreamGateway(gateway, streamed);
      case QuickHandler quick -> new QuickGateway(gateway, quick);
      default -> gateway;
    };
  }
}
