package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Reads tables from the catalogs and remembers them until the log says that they changed, or for a
/// short while: what a role may read can change without a word in the log.
final class Tables {
  /// How long a table read is believed.
  private static final Duration BELIEVED = Duration.ofSeconds(15);

  private static final String PUBLISHED =
      """
      select c.oid::bigint, p.schemaname, p.tablename
      from pg_catalog.pg_publication_tables p
      join pg_catalog.pg_namespace n on n.nspname = p.schemaname
      join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = p.tablename
      where p.pubname = ? and (? = '*' or p.schemaname = ?) and (? = '*' or p.tablename = ?)
      order by 2, 3
      """;

  private static final String TABLE =
      """
      select n.nspname, c.relname, c.relrowsecurity
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.oid = ?::oid
      """;

  /// A domain stands for what it is made of, through up to 32 others.
  private static final String COLUMNS =
      """
      with recursive described (attnum, oid, depth) as (
        select a.attnum, a.atttypid, 0 from pg_catalog.pg_attribute a
        where a.attrelid = ?::oid and a.attnum > 0 and not a.attisdropped
        union all
        select d.attnum, t.typbasetype, d.depth + 1
        from described d join pg_catalog.pg_type t on t.oid = d.oid
        where t.typtype = 'd' and d.depth < 32
      )
      select a.attname, t.typname, format_type(a.atttypid, a.atttypmod),
        coalesce(a.attnum = any (k.conkey), false),
        case when bn.nspname = 'pg_catalog' then b.typname else '' end, b.typtype::text,
        b.typcategory = 'A' and e.oid is not null and e.typdelim = ',',
        case when en.nspname = 'pg_catalog' then e.typname else '' end,
        coalesce(e.typtype::text, ''),
        exists (select from pg_catalog.pg_cast x where x.castsource = b.oid and x.casttarget = 114
          and x.castmethod = 'f'),
        exists (select from pg_catalog.pg_cast x where x.castsource = e.oid and x.casttarget = 114
          and x.castmethod = 'f')
      from pg_catalog.pg_attribute a
      join pg_catalog.pg_type t on t.oid = a.atttypid
      join lateral (
        select d.oid from described d where d.attnum = a.attnum order by d.depth desc limit 1
      ) resolved on true
      join pg_catalog.pg_type b on b.oid = resolved.oid
      join pg_catalog.pg_namespace bn on bn.oid = b.typnamespace
      left join pg_catalog.pg_type e on e.oid = b.typelem and b.typelem <> 0
      left join pg_catalog.pg_namespace en on en.oid = e.typnamespace
      left join pg_catalog.pg_constraint k on k.conrelid = a.attrelid and k.contype = 'p'
      where a.attrelid = ?::oid and a.attnum > 0 and not a.attisdropped
      order by a.attnum
      """;

  private static final String SELECTABLE =
      """
      select a.attname from pg_catalog.pg_attribute a
      where a.attrelid = ?::oid and a.attnum > 0 and not a.attisdropped
        and pg_catalog.has_column_privilege(?::name, a.attrelid, a.attnum, 'SELECT')
      """;

  private static final String UNDEFINED_OBJECT = "42704";

  private final Pool pool;
  private final Map<Long, Known> known = new ConcurrentHashMap<>();

  /// A published table's name.
  record Published(long oid, String schema, String name) {}

  private record Known(Table table, long untilNanos) {}

  Tables(Pool pool) {
    this.pool = pool;
  }

  /// The tables of a publication that a binding means.
  List<Published> published(String publication, Binding binding) {
    return pool.with(connection -> {
      try (var query = connection.prepareStatement(PUBLISHED)) {
        query.setString(1, publication);
        query.setString(2, binding.schema());
        query.setString(3, binding.schema());
        query.setString(4, binding.table());
        query.setString(5, binding.table());
        var found = new ArrayList<Published>();
        try (var rows = query.executeQuery()) {
          while (rows.next()) {
            found.add(new Published(rows.getLong(1), rows.getString(2), rows.getString(3)));
          }
        }
        return found;
      }
    });
  }

  /// The log described the table anew: something about it has changed.
  void forget(long oid) {
    known.remove(oid);
  }

  /// The table; empty when it is gone.
  Optional<Table> table(long oid) {
    var remembered = known.get(oid);
    if (remembered != null && System.nanoTime() - remembered.untilNanos() < 0) {
      return Optional.of(remembered.table());
    }
    var read = pool.with(connection -> read(connection, oid));
    read.ifPresent(
        table -> known.put(oid, new Known(table, System.nanoTime() + BELIEVED.toNanos())));
    return read;
  }

  private static Optional<Table> read(Connection connection, long oid) throws SQLException {
    try (var query = connection.prepareStatement(TABLE);
        var columns = connection.prepareStatement(COLUMNS)) {
      query.setLong(1, oid);
      try (var row = query.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        columns.setLong(1, oid);
        columns.setLong(2, oid);
        var found = new ArrayList<Table.Column>();
        try (var rows = columns.executeQuery()) {
          while (rows.next()) {
            found.add(column(rows));
          }
        }
        return Optional.of(
            Table.of(oid, row.getString(1), row.getString(2), row.getBoolean(3), found));
      }
    }
  }

  private static Table.Column column(ResultSet row) throws SQLException {
    var type =
        row.getBoolean(7)
            ? ColumnType.arrayOf(
                ColumnType.of(row.getString(8), row.getString(9), row.getBoolean(11)))
            : ColumnType.of(row.getString(5), row.getString(6), row.getBoolean(10));
    return new Table.Column(
        row.getString(1), row.getString(2), row.getString(3), type, row.getBoolean(4));
  }

  /// The columns that the role may read; none when there is no such role.
  Set<String> selectable(Table table, String role) {
    return table.selectable().computeIfAbsent(role, r -> ask(table.oid(), r));
  }

  private Set<String> ask(long oid, String role) {
    try {
      return pool.with(connection -> {
        try (var query = connection.prepareStatement(SELECTABLE)) {
          query.setLong(1, oid);
          query.setString(2, role);
          var names = new HashSet<String>();
          try (var rows = query.executeQuery()) {
            while (rows.next()) {
              names.add(rows.getString(1));
            }
          }
          return names;
        }
      });
    } catch (PostgresException e) {
      if (e.sqlState().equals(UNDEFINED_OBJECT)) {
        return Set.of();
      }
      throw e;
    }
  }
}
