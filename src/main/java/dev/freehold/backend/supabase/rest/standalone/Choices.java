package dev.freehold.backend.supabase.rest.standalone;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.*;

import dev.freehold.backend.supabase.rest.RestSettings;
import dev.freehold.backend.supabase.rest.RestSettings.OpenApi;
import dev.freehold.backend.supabase.rest.RestSettings.OpenApiMode;
import dev.freehold.backend.supabase.rest.RestSettings.TxEnd;
import dev.freehold.backend.supabase.rest.config.ConfigOption;
import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.backend.supabase.rest.config.RoleClaimPath;
import dev.freehold.backend.supabase.rest.openapi.Address;
import dev.freehold.postgres.wire.LaneLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What a configuration means for each part of the server.
public final class Choices {
  private static final int MAX_CONNECTIONS = 10_000;

  /// A year.
  private static final long MAX_SECONDS = 31_536_000;

  private Choices() {}

  public static RestSettings settings(Configuration configuration) {
    return new RestSettings(
        configuration.list(DB_SCHEMAS),
        configuration.list(DB_EXTRA_SEARCH_PATH),
        configuration.text(DB_ANON_ROLE),
        configuration.number(DB_MAX_ROWS).orElse(0),
        configuration.flag(DB_AGGREGATES_ENABLED),
        configuration.flag(DB_PLAN_ENABLED),
        configuration.function(DB_PRE_REQUEST),
        configuration.function(DB_ROOT_SPEC),
        TxEnd.valueOf(constant(configuration.text(DB_TX_END))),
        configuration.list(DB_HOISTED_TX_SETTINGS),
        configuration.appSettings(),
        configuration.flag(DB_PREPARED_STATEMENTS),
        new OpenApi(
            OpenApiMode.valueOf(constant(configuration.text(OPENAPI_MODE))),
            configuration.flag(OPENAPI_SECURITY_ACTIVE),
            Optional.of(address(configuration)),
            "/"),
        configuration.flag(SERVER_TIMING_ENABLED));
  }

  private static Address address(Configuration configuration) {
    return Address.parse(configuration.text(OPENAPI_SERVER_PROXY_URI))
        .orElseGet(() ->
            Address.listening(
                configuration.text(SERVER_HOST),
                Math.toIntExact(configuration.number(SERVER_PORT).orElse(0))));
  }

  static ConfiguredVerifier verifier(Configuration configuration, Clock clock) {
    return new ConfiguredVerifier(
        JwtSecret.of(configuration).map(TokenKeys::of),
        configuration.text(JWT_AUD),
        RoleClaimPath.parse(configuration.text(JWT_ROLE_CLAIM_KEY)).orElseThrow(),
        configuration.text(DB_ANON_ROLE),
        configuration.number(JWT_CACHE_MAX_ENTRIES).orElse(0),
        clock);
  }

  static Front.Manners manners(Configuration configuration) {
    var origins = configuration.list(SERVER_CORS_ALLOWED_ORIGINS);
    return new Front.Manners(
        origins.isEmpty() ? Optional.empty() : Optional.of(origins),
        configuration.text(SERVER_TRACE_HEADER));
  }

  public static LaneLimits lanes(Configuration configuration) {
    return new LaneLimits(
        Math.clamp(configuration.number(DB_POOL).orElse(1), 1, MAX_CONNECTIONS),
        seconds(configuration, DB_POOL_ACQUISITION_TIMEOUT),
        seconds(configuration, DB_POOL_MAX_IDLETIME),
        seconds(configuration, DB_POOL_MAX_LIFETIME));
  }

  private static Duration seconds(Configuration configuration, ConfigOption option) {
    return Duration.ofSeconds(Math.clamp(configuration.number(option).orElse(0), 0, MAX_SECONDS));
  }

  private static String constant(String word) {
    return word.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
