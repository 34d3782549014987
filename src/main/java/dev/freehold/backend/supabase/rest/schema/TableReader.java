package dev.freehold.backend.supabase.rest.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Reads the relations of the exposed schemas with their columns.
///
/// A partition is reached through its table and is not one by itself.
final class TableReader {
  private static final String RELATIONS =
      """
      with recursive chain as (
        select oid, oid as base, typbasetype as next from pg_type
        union all
        select chain.oid, t.oid, t.typbasetype from chain join pg_type t on t.oid = chain.next
      ), base as (
        select chain.oid, chain.base, n.nspname = 'pg_catalog' as own
          from chain
          join pg_type t on t.oid = chain.base
          join pg_namespace n on n.oid = t.typnamespace
         where chain.next = 0
      )
      select n.nspname, c.relname, c.relkind in ('v', 'm') as view,
             obj_description(c.oid, 'pg_class') as relation_comment,
             case c.relkind when 'm' then 0 when 'r' then 28 when 'p' then 28
                  else pg_relation_is_updatable(c.oid, true) end as can,
             a.attname, col_description(c.oid, a.attnum) as comment,
             format_type(a.atttypid, a.atttypmod) as type,
             case when base.own then format_type(base.base, null)
                  else format_type(a.atttypid, a.atttypmod) end as base,
             t.typtype = 'c' as composite,
             not (a.attnotnull or t.typtype = 'd' and t.typnotnull) as nullable,
             case when a.attgenerated <> '' then null
                  when d.oid is not null then pg_get_expr(d.adbin, d.adrelid)
                  when a.attidentity = 'd' then
                    (select format('nextval(%L)', w.objid::regclass)
                       from pg_depend w
                       join pg_class s on s.oid = w.objid and s.relkind = 'S'
                      where w.classid = 'pg_class'::regclass and w.refobjid = c.oid
                        and w.refobjsubid = a.attnum and w.deptype = 'i'
                      limit 1)
                  when t.typtype = 'd' then pg_get_expr(t.typdefaultbin, 0) end
               as default_expression,
             (select case when l.kind in ('varchar', 'bpchar') then l.length - 4 else l.length end
                from (select b.typname as kind,
                             case t.typtype when 'd' then t.typtypmod else a.atttypmod end as length
                        from pg_type b
                       where b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)) l
               where l.kind in ('varchar', 'bpchar', 'bit', 'varbit') and l.length > 0)
               as max_length,
             array(select e.enumlabel::text from pg_enum e
                    where e.enumtypid = base.base order by e.enumsortorder) as labels
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_type t on t.oid = a.atttypid
        left join base on base.oid = t.oid
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
       where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
         and n.nspname = any (?)
       order by n.nspname, c.relname, a.attnum
      """;

  /// Bits of `pg_relation_is_updatable`: 1 shifted by the number of the command.
  private static final int CAN_UPDATE = 1 << 2;

  private static final int CAN_INSERT = 1 << 3;
  private static final int CAN_DELETE = 1 << 4;

  private TableReader() {}

  /// @param schemas the exposed ones
  /// @param representations by the domain that has one
  /// @return by name, in the order of their names, still without their keys
  static Map<QualifiedName, Table> read(
      Connection connection, List<String> schemas, Map<String, Representation> representations)
      throws SQLException {
    var tables = new LinkedHashMap<QualifiedName, Table>();
    Rows.each(
        connection,
        RELATIONS,
        List.of(schemas),
        row -> {
          var name = new QualifiedName(row.getString("nspname"), row.getString("relname"));
          var table = tables.get(name);
          if (table == null) {
            table = table(name, row);
            tables.put(name, table);
          }
          if (row.getString("attname") != null) {
            var column = column(row, representations);
            table.columns().put(column.name(), column);
          }
        });
    return tables;
  }

  private static Table table(QualifiedName name, ResultSet row) throws SQLException {
    int can = row.getInt("can");
    return new Table(
        name,
        Rows.text(row.getString("relation_comment")),
        row.getBoolean("view"),
        (can & CAN_INSERT) != 0,
        (can & CAN_UPDATE) != 0,
        (can & CAN_DELETE) != 0,
        new LinkedHashMap<>(),
        List.of());
  }

  private static Table.Column column(ResultSet row, Map<String, Representation> representations)
      throws SQLException {
    int length = row.getInt("max_length");
    return new Table.Column(
        row.getString("attname"),
        Rows.text(row.getString("comment")),
        row.getString("type"),
        row.getString("base"),
        row.getBoolean("composite"),
        row.getBoolean("nullable"),
        length > 0 ? OptionalInt.of(length) : OptionalInt.empty(),
        Rows.text(row.getString("default_expression")),
        Rows.texts(row, "labels"),
        representations.getOrDefault(row.getString("type"), Representation.PLAIN));
  }
}
