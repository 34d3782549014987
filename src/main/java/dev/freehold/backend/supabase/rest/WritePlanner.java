package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Preferences.Missing;
import dev.freehold.backend.supabase.rest.Preferences.Representation;
import dev.freehold.backend.supabase.rest.Preferences.Resolution;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Makes a [WritePlan] of a POST, PUT, PATCH or DELETE.
final class WritePlanner {
  private final ApiRequest request;
  private final Payload.Rows body;
  private final Table table;
  private final List<Condition> conditions = new ArrayList<>();
  private final List<String> returning;

  /// @param body absent for DELETE
  /// @param read what the answer shows of the written rows
  WritePlanner(
      SchemaCache cache, ApiRequest request, Payload.Rows body, Table table, ReadPlan read) {
    this.request = request;
    this.body = body;
    this.table = table;
    for (var placed : request.query().conditions()) {
      if (placed.path().isEmpty()) {
        conditions.add(placed.value());
      }
    }
    var representation = request.preferences().representation();
    returning =
        representation.isEmpty() || representation.get() == Representation.MINIMAL
            ? List.of()
            : SourceColumns.of(cache, read, table.primaryKey());
  }

  /// @throws RestFailure PGRST105, PGRST204
  WritePlan plan() {
    return switch (request.method()) {
      case POST -> insert();
      case PUT -> put();
      case PATCH ->
          new WritePlan.Update(table, body, columns(), useDefaults(), conditions, returning);
      case DELETE -> new WritePlan.Delete(table, conditions, returning);
      case GET, HEAD, OPTIONS -> throw Failures.method(request.http().method());
    };
  }

  private WritePlan insert() {
    var resolution = request.preferences().resolution();
    var named = request.query().onConflict();
    var conflict = named.isEmpty() ? table.primaryKey() : named;
    return new WritePlan.Insert(
        table,
        body,
        columns(),
        useDefaults(),
        resolution.isPresent() ? conflict : List.of(),
        resolution.equals(Optional.of(Resolution.MERGE)),
        !conflict.isEmpty(),
        List.of(),
        returning);
  }

  private WritePlan put() {
    var keys = new HashSet<String>();
    for (var condition : conditions) {
      if (!(condition instanceof Condition.Filter filter
          && !filter.negated()
          && filter.field().steps().isEmpty()
          && filter.test() instanceof Condition.Compare compare
          && compare.operator() == Condition.Operator.EQ
          && compare.quantifier() == Condition.Quantifier.NONE)) {
        throw Failures.putFilters();
      }
      keys.add(filter.field().column());
    }
    if (keys.isEmpty() || !keys.equals(new HashSet<>(table.primaryKey()))) {
      throw Failures.putFilters();
    }
    return new WritePlan.Insert(
        table, body, columns(), false, table.primaryKey(), true, true, conditions, returning);
  }

  private boolean useDefaults() {
    return request.preferences().missing().equals(Optional.of(Missing.DEFAULT));
  }

  private List<Table.Column> columns() {
    var columns = new ArrayList<Table.Column>();
    for (var name : body.keys()) {
      var column = table.columns().get(name);
      if (column == null) {
        throw Failures.unknownColumn(name, table.name().name());
      }
      columns.add(column);
    }
    return columns;
  }
}
