package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.openapi.Address;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an operator may set about one REST server; names and meaning as PostgREST's configuration.
///
/// @param schemas the exposed schemas, the first being the default (`db-schemas`)
/// @param extraSearchPath schemas added to the search path (`db-extra-search-path`)
/// @param anonRole the role of requests without a token; empty refuses them (`db-anon-role`)
/// @param maxRows the most rows any read returns, 0 for no limit (`db-max-rows`)
/// @param aggregates whether aggregate functions may be selected (`db-aggregates-enabled`)
/// @param plans whether plans may be asked for (`db-plan-enabled`)
/// @param preRequest the function to call before each query (`db-pre-request`)
/// @param rootSpec the function that answers at the root (`db-root-spec`)
/// @param txEnd how transactions end (`db-tx-end`)
/// @param hoistedSettings settings of a called function that its transaction gets
///   (`db-hoisted-tx-settings`)
/// @param appSettings settings given to each transaction (`app.settings.*`), by their whole names
/// @param prepared whether statements are kept prepared (`db-prepared-statements`)
/// @param openApi what the root answers when there is no [#rootSpec]
/// @param timing whether answers say how long their stages took (`server-timing-enabled`)
public record RestSettings(
    List<String> schemas,
    List<String> extraSearchPath,
    String anonRole,
    long maxRows,
    boolean aggregates,
    boolean plans,
    Optional<QualifiedName> preRequest,
    Optional<QualifiedName> rootSpec,
    TxEnd txEnd,
    List<String> hoistedSettings,
    Map<String, String> appSettings,
    boolean prepared,
    OpenApi openApi,
    boolean timing) {

  /// Settings of functions that PostgREST hoists unless told otherwise.
  public static final List<String> USUALLY_HOISTED =
      List.of(
          "statement_timeout", "plan_filter.statement_cost_limit", "default_transaction_isolation");

  /// How a transaction ends, and whether a request may have it otherwise (`Prefer: tx=`).
  public enum TxEnd {
    COMMIT(false, false),
    COMMIT_ALLOW_OVERRIDE(false, true),
    ROLLBACK(true, false),
    ROLLBACK_ALLOW_OVERRIDE(true, true);

    private final boolean rollsBack;
    private final boolean overridable;

    TxEnd(boolean rollsBack, boolean overridable) {
      this.rollsBack = rollsBack;
      this.overridable = overridable;
    }

    public boolean rollsBack() {
      return rollsBack;
    }

    public boolean overridable() {
      return overridable;
    }
  }

  /// What the description at the root shows.
  public enum OpenApiMode {
    /// What the role of the request may do.
    FOLLOW_PRIVILEGES,
    /// Everything exposed.
    IGNORE_PRIVILEGES,
    DISABLED
  }

  /// The description at the root.
  ///
  /// @param mode `openapi-mode`
  /// @param security whether it describes how to log in (`openapi-security-active`)
  /// @param address where clients reach the API (`openapi-server-proxy-uri`, or where it listens);
  ///   empty for the host that each request asked for
  /// @param basePath with the host of a request: what stands before the API's own paths
  public record OpenApi(
      OpenApiMode mode, boolean security, Optional<Address> address, String basePath) {
    public static final OpenApi DISABLED =
        new OpenApi(OpenApiMode.DISABLED, false, Optional.empty(), "/");

    private static final OpenApi SUPABASE =
        new OpenApi(OpenApiMode.FOLLOW_PRIVILEGES, false, Optional.empty(), "/rest/v1/");
  }

  public RestSettings {
    schemas = List.copyOf(schemas);
    extraSearchPath = List.copyOf(extraSearchPath);
    hoistedSettings = List.copyOf(hoistedSettings);
    appSettings = Map.copyOf(appSettings);
    if (schemas.isEmpty()) {
      throw new IllegalArgumentException("a REST server exposes at least one schema");
    }
  }

  /// With what is usual for the rest, and no description at the root.
  public RestSettings(
      List<String> schemas,
      List<String> extraSearchPath,
      String anonRole,
      long maxRows,
      boolean aggregates) {
    this(schemas, extraSearchPath, anonRole, maxRows, aggregates, OpenApi.DISABLED);
  }

  /// With what is usual for the rest.
  public RestSettings(
      List<String> schemas,
      List<String> extraSearchPath,
      String anonRole,
      long maxRows,
      boolean aggregates,
      OpenApi openApi) {
    this(
        schemas,
        extraSearchPath,
        anonRole,
        maxRows,
        aggregates,
        false,
        Optional.empty(),
        Optional.empty(),
        TxEnd.COMMIT,
        USUALLY_HOISTED,
        Map.of(),
        true,
        openApi,
        false);
  }

  /// As a Supabase project has it.
  public static RestSettings supabase() {
    return new RestSettings(
        List.of("public", "graphql_public"),
        List.of("public", "extensions"),
        "anon",
        1_000,
        false,
        OpenApi.SUPABASE);
  }

  String defaultSchema() {
    return schemas.getFirst();
  }
}
