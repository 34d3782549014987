package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Preferences.Missing;
import dev.freehold.backend.supabase.rest.Preferences.Resolution;
import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Makes a [WritePlan] of a POST, PUT, PATCH or DELETE.
final class WritePlanner {
  private final ApiRequest request;
  private final Table table;
  private final List<Condition> conditions = new ArrayList<>();
  private final List<String> returning;

  /// @param read what the answer shows of the written rows
  /// @param location whether the answer names the new row's address
  WritePlanner(ApiRequest request, Table table, ReadPlan read, boolean location) {
    this.request = request;
    this.table = table;
    for (var placed : request.query().conditions()) {
      if (placed.path().isEmpty()) {
        conditions.add(placed.value());
      }
    }
    if (request.preferences().wantsRows()) {
      returning = returning(read);
    } else {
      returning = location ? table.primaryKey() : List.of();
    }
  }

  /// @throws RestFailure PGRST102, PGRST105, PGRST204
  WritePlan plan() {
    return switch (request.method()) {
      case POST -> insert();
      case PUT -> put();
      case PATCH -> update();
      case DELETE -> new WritePlan.Delete(table, conditions, returning);
      case GET, HEAD, OPTIONS -> throw Failures.method(request.http().method());
    };
  }

  private WritePlan insert() {
    var payload = Payload.of(request);
    var resolution = request.preferences().resolution();
    var named = request.query().onConflict();
    var conflict = named.isEmpty() ? table.primaryKey() : named;
    return new WritePlan.Insert(
        table,
        payload.json(),
        payload.array(),
        columns(payload),
        useDefaults(),
        resolution.isPresent() ? conflict : List.of(),
        resolution.equals(Optional.of(Resolution.MERGE)),
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
    var payload = Payload.of(request);
    return new WritePlan.Insert(
        table,
        payload.json(),
        payload.array(),
        columns(payload),
        useDefaults(),
        table.primaryKey(),
        true,
        conditions,
        returning);
  }

  private WritePlan update() {
    var payload = Payload.of(request);
    return new WritePlan.Update(
        table,
        payload.json(),
        payload.array(),
        columns(payload),
        useDefaults(),
        conditions,
        returning);
  }

  private boolean useDefaults() {
    return request.preferences().missing().equals(Optional.of(Missing.DEFAULT));
  }

  private List<Table.Column> columns(Payload payload) {
    var names = request.query().columns().orElse(payload.keys());
    var columns = new ArrayList<Table.Column>();
    for (var name : new LinkedHashSet<>(names)) {
      var column = table.columns().get(name);
      if (column == null) {
        throw Failures.unknownColumn(name, table.name().name());
      }
      columns.add(column);
    }
    return columns;
  }

  /// The columns the answer shows and those its embeds join by.
  private static List<String> returning(ReadPlan read) {
    var names = new LinkedHashSet<String>();
    for (var column : read.columns()) {
      if (column.field().column().isEmpty()) {
        continue;
      }
      names.add(column.field().column());
    }
    for (var planned : read.orders()) {
      if (planned.embed().isEmpty()) {
        names.add(planned.order().field().column());
      }
    }
    for (var embed : read.embeds()) {
      switch (embed.relationship()) {
        case Relationship.Key key -> key.pairs().forEach(pair -> names.add(pair.column()));
        case Relationship.Junction junction ->
            junction.near().forEach(pair -> names.add(pair.column()));
        case Relationship.Computed _ -> names.add("*");
      }
    }
    if (names.remove("*")) {
      var known = read.table().map(t -> t.columns().keySet());
      names.removeIf(name -> known.isPresent() && known.get().contains(name));
      names.addFirst("*");
    }
    return List.copyOf(names);
  }
}
