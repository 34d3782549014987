package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.realtime.changes.Registry.Bound;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Checks what a client wants to listen to, and brings the values of its filters into the form in
/// which PostgreSQL writes them. The messages are upstream's.
final class BindingCheck {
  private static final Set<String> KEYWORDS = Set.of("null", "true", "false", "unknown");

  private final Pool pool;
  private final Tables tables;
  private final String publication;

  BindingCheck(Pool pool, Tables tables, String publication) {
    this.pool = pool;
    this.tables = tables;
    this.publication = publication;
  }

  /// A binding that cannot be served.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /// The subscription's bindings on each table they mean.
  List<Bound> bounds(Subscription subscription) throws Refused {
    var all = new ArrayList<Bound>();
    for (var binding : subscription.bindings()) {
      var published = tables.published(publication, binding);
      if (published.isEmpty()) {
        throw new Refused(
            "Unable to subscribe to changes with given parameters. Please check Realtime is enabled"
                + " for the given connect parameters: "
                + binding.shown());
      }
      for (var one : published) {
        var table = tables.table(one.oid());
        if (table.isPresent()) {
          all.add(new Bound(subscription, checked(binding, table.get(), subscription), one));
        }
      }
    }
    return all;
  }

  private Binding checked(Binding binding, Table table, Subscription subscription) throws Refused {
    Session session = subscription.session();
    var readable = tables.selectable(table, session.role());
    var filters = new ArrayList<Filter>();
    for (var filter : binding.filters()) {
      var index = table.index(filter.column());
      if (index.isEmpty() || !readable.contains(filter.column())) {
        throw raised(binding, "invalid column for filter " + filter.column());
      }
      filters.add(canonical(binding, filter, table.columns().get(index.getAsInt())));
    }
    for (var column : binding.columns()) {
      if (table.index(column).isEmpty() || !readable.contains(column)) {
        throw raised(binding, "invalid column for select " + column);
      }
    }
    return binding.with(filters);
  }

  private Filter canonical(Binding binding, Filter filter, Table.Column column) throws Refused {
    if (filter.op().equals("is")) {
      return is(binding, filter, column);
    }
    try {
      return pool.transaction(connection -> {
        try (var role = connection.prepareStatement("set local role service_role")) {
          role.execute();
        }
        return switch (filter.op()) {
          case "in" -> in(connection, filter, column);
          case "like", "ilike", "match", "imatch" -> pattern(connection, filter, column);
          default ->
              filter.canonical(
                  text(connection, "(?::text::" + column.sqlType() + ")::text", filter.value()),
                  List.of());
        };
      });
    } catch (PostgresException e) {
      if (Failures.passes(e) || !(e.failure() instanceof PostgresFailure.Refused refused)) {
        throw e;
      }
      throw exception(binding, refused.sqlState(), refused.message());
    } catch (TooMany e) {
      throw raised(binding, "too many values for `in` filter. Maximum " + Filter.MAX_ELEMENTS);
    }
  }

  private static final class TooMany extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static Filter is(Binding binding, Filter filter, Table.Column column) throws Refused {
    if (!KEYWORDS.contains(filter.value())) {
      throw raised(binding, "invalid value for is filter: must be null, true, false, or unknown");
    }
    if (!filter.value().equals("null") && !column.sqlType().equals("boolean")) {
      throw raised(
          binding,
          "is %s filter requires a boolean column, got %s"
              .formatted(filter.value(), column.sqlType()));
    }
    return filter;
  }

  private static Filter in(Connection connection, Filter filter, Table.Column column)
      throws SQLException {
    var sql = "select array(select e::text from unnest(?::text::" + column.sqlType() + "[]) as e)";
    try (var query = connection.prepareStatement(sql)) {
      query.setString(1, filter.value());
      try (var row = query.executeQuery()) {
        row.next();
        var elements = new ArrayList<String>();
        for (var element : (Object[]) row.getArray(1).getArray()) {
          if (element != null) {
            elements.add((String) element);
          }
        }
        if (elements.size() > Filter.MAX_ELEMENTS) {
          throw new TooMany();
        }
        return filter.canonical(filter.value(), elements);
      }
    }
  }

  /// Fails here, and not at the first change, when the type knows no patterns or the pattern is
  /// none.
  private static Filter pattern(Connection connection, Filter filter, Table.Column column)
      throws SQLException {
    var operator = filter.op().endsWith("like") ? "like" : "~";
    var check =
        "(null::%s %s null::%s)::text || ('' %s ?)"
            .formatted(column.sqlType(), operator, column.sqlType(), operator);
    text(connection, check, filter.value());
    return filter;
  }

  private static String text(Connection connection, String expression, String value)
      throws SQLException {
    try (var query = connection.prepareStatement("select " + expression)) {
      query.setString(1, value);
      try (var row = query.executeQuery()) {
        row.next();
        return String.valueOf(row.getString(1));
      }
    }
  }

  private static Refused raised(Binding binding, String message) {
    return exception(binding, "P0001", message);
  }

  private static Refused exception(Binding binding, String sqlState, String message) {
    var name =
        switch (sqlState) {
          case "P0001" -> "raise_exception";
          case "22P02" -> "invalid_text_representation";
          case "22007" -> "invalid_datetime_format";
          case "22003" -> "numeric_value_out_of_range";
          case "42883" -> "undefined_function";
          case "2201B" -> "invalid_regular_expression";
          default -> "error";
        };
    return new Refused(
        "Unable to subscribe to changes with given parameters. An exception happened so please"
            + " check your connect parameters: %s. Exception: ERROR %s (%s) %s"
                .formatted(binding.shown(), sqlState, name, message));
  }
}
