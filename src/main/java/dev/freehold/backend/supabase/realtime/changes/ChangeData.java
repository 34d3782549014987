package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Writes the `data` object of a `postgres_changes` event (reference 7.2).
final class ChangeData {
  /// Rows whose values take more are cut down to their small values.
  static final int MAX_RECORD_BYTES = 1 << 20;

  /// What is left of a row that is too large: values of up to so many bytes.
  static final int SMALL_VALUE_BYTES = 64;

  /// What bytes begin with in PostgreSQL's output.
  private static final String BYTES_MARK = "\\x";

  private static final Set<String> NUMBERS = Set.of("float4", "float8", "numeric");
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TOO_LARGE = "Error 413: Payload Too Large";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Pool pool;

  ChangeData(Pool pool) {
    this.pool = pool;
  }

  /// A change that the role may not have, or that cannot be told apart.
  byte[] refusal(RowView view, String error) {
    return written(out -> {
      head(out, view);
      out.writeNullProperty("commit_timestamp");
      out.writeArrayPropertyStart("columns");
      out.writeEndArray();
      errors(out, Optional.of(error));
    });
  }

  /// @param readable the columns that the role may read
  /// @param wanted the columns asked for beside the primary key; empty for all
  byte[] of(RowView view, Set<String> readable, Optional<List<String>> wanted) {
    boolean large = view.row.row().weight() + view.row.old().weight() > MAX_RECORD_BYTES;
    var columns =
        view.table.columns().stream()
            .filter(column -> readable.contains(column.name()))
            .filter(column ->
                column.key() || wanted.map(names -> names.contains(column.name())).orElse(true))
            .toList();
    return written(out -> {
      head(out, view);
      out.writeStringProperty("commit_timestamp", TIME.format(view.row.time()));
      out.writeArrayPropertyStart("columns");
      for (var column : columns) {
        out.writeStartObject();
        out.writeStringProperty("name", column.name());
        out.writeStringProperty("type", column.typeName());
        out.writeEndObject();
      }
      out.writeEndArray();
      if (view.action() != Change.Action.DELETE) {
        record(out, "record", columns, large, column -> view.now(column.name()));
      }
      if (view.action() != Change.Action.INSERT) {
        // Under row level security nobody can tell who might have seen a row that is gone.
        boolean guarded = view.action() == Change.Action.DELETE && view.table.rls();
        record(
            out,
            "old_record",
            columns,
            large,
            column -> guarded && !column.key() ? null : view.before(column.name()));
      }
      errors(out, large ? Optional.of(TOO_LARGE) : Optional.empty());
    });
  }

  private static void head(JsonGenerator out, RowView view) {
    out.writeStringProperty("schema", view.table.schema());
    out.writeStringProperty("table", view.table.name());
    out.writeStringProperty("type", view.action().name());
  }

  private static void errors(JsonGenerator out, Optional<String> error) {
    if (error.isEmpty()) {
      out.writeNullProperty("errors");
      return;
    }
    out.writeArrayPropertyStart("errors");
    out.writeString(error.get());
    out.writeEndArray();
  }

  private void record(
      JsonGenerator out,
      String name,
      List<Table.Column> columns,
      boolean large,
      Function<Table.Column, Tuple.@Nullable Cell> values) {
    out.writeObjectPropertyStart(name);
    for (var column : columns) {
      var cell = values.apply(column);
      if (cell == null) {
        continue;
      }
      var text = RowView.text(cell);
      if (large && text != null && text.length() > SMALL_VALUE_BYTES) {
        continue;
      }
      out.writeName(column.name());
      if (text == null) {
        out.writeNull();
      } else {
        value(out, column, text);
      }
    }
    out.writeEndObject();
  }

  /// As `to_jsonb` has it, but for what upstream's decoder does before: bytes come without `\x`,
  /// and what is no number to JSON comes as null.
  private void value(JsonGenerator out, Table.Column column, String text) {
    var type = column.type();
    if (column.typeName().equals("bytea")) {
      out.writeString(text.substring(BYTES_MARK.length()));
    } else if (NUMBERS.contains(column.typeName()) && !Values.isNumber(text)) {
      out.writeNull();
    } else if (type.kind() == ColumnType.Kind.ASKED) {
      out.writeRawValue(asked(column, text));
    } else {
      Values.write(out, type, text);
    }
  }

  /// What PostgreSQL makes of it; as text where it cannot say, so that the rest of the row and the
  /// changes beside it are told.
  private String asked(Table.Column column, String text) {
    try {
      return asJson(column, text);
    } catch (PostgresException e) {
      if (Failures.passes(e)) {
        throw e;
      }
      return JSON.writeValueAsString(text);
    }
  }

  private String asJson(Table.Column column, String text) {
    return pool.transaction(connection -> {
      try (var role = connection.prepareStatement("set local role service_role");
          var query =
              connection.prepareStatement(
                  "select to_jsonb(?::text::" + column.sqlType() + ")::text")) {
        role.execute();
        query.setString(1, text);
        try (var row = query.executeQuery()) {
          if (!row.next()) {
            throw new SQLException("no row");
          }
          return row.getString(1);
        }
      }
    });
  }

  private interface Writing {
    void into(JsonGenerator out);
  }

  private static byte[] written(Writing writing) {
    var bytes = new ByteArrayOutputStream(512);
    try (var out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      writing.into(out);
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
