package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import java.util.List;

/// PostgREST's own errors, PGRST000 to PGRST303, in its words. Errors of the database are
/// [ServerErrors]; those about relationships and functions are worded where they are searched.
final class Failures {
  private Failures() {}

  /// @param status 503 while it may pass, 500 when somebody has to change something
  static RestFailure notConnected(int status, String details) {
    return RestFailure.of(status, "PGRST000", "Database connection error.").details(details);
  }

  static RestFailure connection(String details) {
    return RestFailure.of(503, "PGRST001", "Database client error. Retrying the connection.")
        .details(details);
  }

  static RestFailure noSchemaCache() {
    return RestFailure.of(
        503, "PGRST002", "Could not query the database for the schema cache. Retrying.");
  }

  static RestFailure poolFull() {
    return RestFailure.of(504, "PGRST003", "Timed out acquiring connection from connection pool.");
  }

  /// @param what the parameter and its text, for example `failed to parse filter (x.1)`
  /// @param column where the text stopped making sense, from 1
  static RestFailure parse(String what, int line, int column, String details) {
    var place = " (line " + line + ", column " + column + ")";
    return RestFailure.of(400, "PGRST100", "\"" + what + "\"" + place).details(details);
  }

  static RestFailure methodOnRpc(String method) {
    return RestFailure.of(405, "PGRST101", "Cannot use the " + method + " method on RPC");
  }

  static RestFailure invalidBody(String message) {
    return RestFailure.of(400, "PGRST102", message);
  }

  static RestFailure invalidRange(String details) {
    return RestFailure.of(416, "PGRST103", "Requested range not satisfiable").details(details);
  }

  static RestFailure putFilters() {
    return RestFailure.of(
        405,
        "PGRST105",
        "Filters must include all and only primary key columns with 'eq' operators");
  }

  static RestFailure unacceptableSchema(String schema, List<String> exposed) {
    return RestFailure.of(406, "PGRST106", "Invalid schema: " + schema)
        .hint("Only the following schemas are exposed: " + String.join(", ", exposed));
  }

  static RestFailure mediaType(List<String> wanted) {
    return RestFailure.of(
        406, "PGRST107", "None of these media types are available: " + String.join(", ", wanted));
  }

  static RestFailure notEmbedded(String resource) {
    return RestFailure.of(
            400, "PGRST108", "'" + resource + "' is not an embedded resource in this request")
        .hint("Verify that '" + resource + "' is included in the 'select' query parameter.");
  }

  static RestFailure responseHeaders() {
    return RestFailure.of(
        500,
        "PGRST111",
        "response.headers guc must be a JSON array composed of objects with a single key and a"
            + " string value");
  }

  static RestFailure responseStatus() {
    return RestFailure.of(500, "PGRST112", "response.status guc must be a valid status code");
  }

  static RestFailure putRange() {
    return RestFailure.of(
        400, "PGRST114", "limit/offset querystring parameters are not allowed for PUT");
  }

  static RestFailure putPayload() {
    return RestFailure.of(
        400, "PGRST115", "Payload values do not match URL in primary key column(s)");
  }

  static RestFailure singular(long rows) {
    return RestFailure.of(406, "PGRST116", "Cannot coerce the result to a single JSON object")
        .details("The result contains " + rows + " rows");
  }

  static RestFailure method(String method) {
    return RestFailure.of(405, "PGRST117", "Unsupported HTTP method: " + method);
  }

  static RestFailure relatedOrder(String origin, String target) {
    return RestFailure.of(400, "PGRST118", "A related order on '" + target + "' is not possible")
        .details(
            "'"
                + origin
                + "' and '"
                + target
                + "' do not form a many-to-one or one-to-one relationship");
  }

  static RestFailure raiseJson(String details) {
    return RestFailure.of(
            500, "PGRST121", "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error")
        .details(details);
  }

  static RestFailure preferences(List<String> invalid) {
    return RestFailure.of(400, "PGRST122", "Invalid preferences given with handling=strict")
        .details("Invalid preferences: " + String.join(", ", invalid));
  }

  static RestFailure aggregates() {
    return RestFailure.of(400, "PGRST123", "Use of aggregate functions is not allowed");
  }

  static RestFailure maxAffected(long rows) {
    return RestFailure.of(
            400, "PGRST124", "Query result exceeds max-affected preference constraint")
        .details("The query affects " + rows + " rows");
  }

  static RestFailure path() {
    return RestFailure.of(404, "PGRST125", "Invalid path specified in request URL");
  }

  static RestFailure rootDisabled() {
    return RestFailure.of(404, "PGRST126", "Root endpoint metadata is disabled");
  }

  static RestFailure notImplemented(String details) {
    return RestFailure.of(400, "PGRST127", "Feature not implemented").details(details);
  }

  static RestFailure maxAffectedRpc() {
    return RestFailure.of(
        400,
        "PGRST128",
        "Function must return SETOF or TABLE when max-affected preference is used with"
            + " handling=strict");
  }

  static RestFailure unknownColumn(String column, String table) {
    return RestFailure.of(
        400,
        "PGRST204",
        "Could not find the '" + column + "' column of '" + table + "' in the schema cache");
  }

  static RestFailure anonymous() {
    return RestFailure.of(401, "PGRST302", "Anonymous access is disabled")
        .header("WWW-Authenticate", "Bearer");
  }

  static RestFailure noKeys(String message) {
    return RestFailure.of(500, "PGRST300", message);
  }

  /// @param code PGRST301 or PGRST303
  static RestFailure token(String code, String message) {
    return RestFailure.of(401, code, message)
        .header(
            "WWW-Authenticate",
            "Bearer error=\"invalid_token\", error_description=\""
                + message.replace("\\", "\\\\").replace("\"", "\\\"")
                + "\"");
  }

  /// @param name a relation that is not in the cache; one with a like name is hinted at
  static RestFailure unknownTable(SchemaCache cache, QualifiedName name) {
    var names =
        cache.tables().keySet().stream()
            .filter(n -> n.schema().equals(name.schema()))
            .map(QualifiedName::name)
            .toList();
    var near = FuzzyMatch.best(name.name(), names, FuzzyMatch.NAMES);
    return RestFailure.of(
            404, "PGRST205", "Could not find the table '" + name + "' in the schema cache")
        .hint(
            near.map(n -> "Perhaps you meant the table '" + name.schema() + "." + n + "'")
                .orElse(null));
  }
}
