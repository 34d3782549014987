package dev.freehold.backend.supabase.rest.schema;

import dev.freehold.backend.supabase.rest.schema.Relationship.Pair;
import dev.freehold.postgres.Pool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks the catalogs of PostgreSQL for everything a [SchemaCache] holds, in one read-only
/// transaction of a few statements.
public final class Catalog {
  private static final String RELATIONS =
      """
      select c.oid, n.nspname, c.relname, c.relkind in ('v', 'm') as view,
             pg_relation_is_updatable(c.oid, true) as can,
             a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type,
             format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null) as base,
             t.typtype = 'c' as composite,
             a.attnotnull and d.oid is null and a.attidentity = '' as required,
             case when a.attgenerated <> '' then null
                  when a.attidentity <> '' then
                    (select 'nextval(' || quote_literal(
                              quote_ident(sn.nspname) || '.' || quote_ident(s.relname)) || ')'
                       from pg_depend w
                       join pg_class s on s.oid = w.objid and s.relkind = 'S'
                       join pg_namespace sn on sn.oid = s.relnamespace
                      where w.classid = 'pg_class'::regclass and w.refobjid = c.oid
                        and w.refobjsubid = a.attnum and w.deptype = 'i'
                      limit 1)
                  when d.oid is not null then pg_get_expr(d.adbin, d.adrelid)
                  else pg_get_expr(td.typdefaultbin, 0) end as default_expression
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_type t on t.oid = a.atttypid
        left join pg_type td on td.oid = a.atttypid and td.typtype = 'd'
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
       where c.relkind in ('r', 'p', 'v', 'm', 'f')
         and n.nspname not in ('pg_catalog', 'information_schema')
         and n.nspname not like 'pg\\_t%'
       order by n.nspname, c.relname, a.attnum
      """;

  private static final String KEYS =
      """
      select k.contype, k.conname, tn.nspname, t.relname, fn.nspname, f.relname,
             array(select a.attname::text from unnest(k.conkey) with ordinality u(num, at)
                     join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num
                    order by u.at) as columns,
             array(select a.attname::text from unnest(k.confkey) with ordinality u(num, at)
                     join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num
                    order by u.at) as others
        from pg_constraint k
        join pg_class t on t.oid = k.conrelid
        join pg_namespace tn on tn.oid = t.relnamespace
        left join pg_class f on f.oid = k.confrelid
        left join pg_namespace fn on fn.oid = f.relnamespace
       where k.contype in ('p', 'u', 'f') and (k.contype <> 'f' or k.conparentid = 0)
         and tn.nspname not in ('pg_catalog', 'information_schema')
       order by k.conname, k.oid
      """;

  private static final String VIEWS =
      """
      select c.oid, r.ev_action::text
        from pg_rewrite r
        join pg_class c on c.oid = r.ev_class
        join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('v', 'm') and r.rulename = '_RETURN'
         and n.nspname not in ('pg_catalog', 'information_schema', 'extensions')
      """;

  private static final String ROUTINES =
      """
      select n.nspname, p.proname, p.proretset, p.provolatile in ('s', 'i') as read_only,
             p.prorows = 1 as one_row, p.pronargs, p.pronargdefaults,
             p.provariadic <> 0 as is_variadic,
             coalesce(p.proargnames, '{}')::text[] as names,
             array(select format_type(u.type, null)
                     from unnest(p.proargtypes::oid[]) with ordinality u(type, at)
                    order by u.at) as types,
             coalesce(p.proargmodes, '{}')::text[] as modes,
             t.typtype = 'c' or bt.typtype = 'c'
               or coalesce(p.proargmodes::text[] && '{t,b,o}', false) as composite,
             p.prorettype = 'void'::regtype as is_void,
             rn.nspname as row_schema, rc.relname as row_name,
             an.nspname as argument_schema, ac.relname as argument_name,
             coalesce(p.proconfig, '{}') as settings
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join pg_type t on t.oid = p.prorettype
        left join pg_type bt on bt.oid = t.typbasetype
        left join pg_class rc on rc.oid = coalesce(nullif(t.typrelid, 0), bt.typrelid)
        left join pg_namespace rn on rn.oid = rc.relnamespace
        left join pg_type at on p.pronargs = 1 and at.oid = p.proargtypes[0]
        left join pg_class ac on ac.oid = at.typrelid
        left join pg_namespace an on an.oid = ac.relnamespace
       where p.prokind = 'f' and n.nspname = any (?)
       order by n.nspname, p.proname, p.oid
      """;

  private static final String ROLE_SETTINGS =
      """
      select r.rolname, split_part(s.setting, '=', 1) as name,
             substr(s.setting, strpos(s.setting, '=') + 1) as value
        from pg_roles r
        join pg_db_role_setting d on d.setrole = r.oid and d.setdatabase in (
             0, (select oid from pg_database where datname = current_database()))
       cross join lateral unnest(d.setconfig) s(setting)
        left join pg_settings g on g.name = split_part(s.setting, '=', 1)
       where r.rolname <> current_user and not r.rolsuper
         and (g.context = 'user' or strpos(split_part(s.setting, '=', 1), '.') > 0)
         and split_part(s.setting, '=', 1) not in ('search_path', 'role')
      """;

  private final List<String> schemas;
  private final Map<Long, QualifiedName> names = new HashMap<>();
  private final Map<Long, Map<Integer, String>> attributes = new HashMap<>();
  private final Map<QualifiedName, Table> tables = new LinkedHashMap<>();
  private final Map<String, Representation> representations = new HashMap<>();
  private final Relationships relationships = new Relationships();

  private Catalog(List<String> schemas) {
    this.schemas = schemas;
  }

  /// @param schemas the exposed ones, whose functions can be called
  /// @throws dev.freehold.postgres.PostgresException when the database cannot be asked
  public static SchemaCache load(Pool pool, List<String> schemas) {
    long now = System.nanoTime();
    return pool.transaction(connection -> new Catalog(schemas).read(connection, now));
  }

  private SchemaCache read(Connection connection, long now) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("set transaction read only; set local search_path to ''");
    }
    var domains = new Domains(connection);
    representations.putAll(domains.representations());
    readRelations(connection);
    readKeys(connection);
    var views = new ViewColumns(names, attributes);
    each(connection, VIEWS, row -> views.add(row.getLong(1), row.getString(2)));
    var routines = readRoutines(connection);
    var roles = readRoleSettings(connection);
    var byTable = relationships.complete(tables, views.origins());
    return new SchemaCache(tables, byTable, routines, roles, domains.mediaHandlers(schemas), now);
  }

  private void readRelations(Connection connection) throws SQLException {
    each(
        connection,
        RELATIONS,
        row -> {
          var name = new QualifiedName(row.getString("nspname"), row.getString("relname"));
          var oid = row.getLong("oid");
          int can = row.getInt("can");
          var view = row.getBoolean("view");
          names.put(oid, name);
          var table =
              tables.computeIfAbsent(
                  name,
                  n ->
                      new Table(
                          n,
                          view,
                          (can & CAN_INSERT) != 0,
                          (can & CAN_UPDATE) != 0,
                          (can & CAN_DELETE) != 0,
                          new LinkedHashMap<>(),
                          List.of()));
          var column = row.getString("attname");
          if (column != null) {
            attributes.computeIfAbsent(oid, _ -> new HashMap<>()).put(row.getInt("attnum"), column);
            table
                .columns()
                .put(
                    column,
                    new Table.Column(
                        column,
                        row.getString("type"),
                        row.getString("base"),
                        row.getBoolean("composite"),
                        row.getBoolean("required"),
                        text(row.getString("default_expression")),
                        representations.getOrDefault(row.getString("type"), Representation.PLAIN)));
          }
        });
  }

  /// Bits of `pg_relation_is_updatable`: 1 shifted by the number of the command.
  private static final int CAN_UPDATE = 1 << 2;

  private static final int CAN_INSERT = 1 << 3;
  private static final int CAN_DELETE = 1 << 4;

  private void readKeys(Connection connection) throws SQLException {
    var foreign = new ArrayList<Relationship.Key>();
    each(
        connection,
        KEYS,
        row -> {
          var table = new QualifiedName(row.getString(3), row.getString(4));
          var columns = texts(row, "columns");
          switch (row.getString(1)) {
            case "p" -> {
              relationships.addUnique(table, columns);
              tables.computeIfPresent(table, (_, t) -> t.withPrimaryKey(columns));
            }
            case "u" -> relationships.addUnique(table, columns);
            default -> {
              var others = texts(row, "others");
              var pairs = new ArrayList<Pair>();
              for (int i = 0; i < columns.size(); i++) {
                pairs.add(new Pair(columns.get(i), others.get(i)));
              }
              foreign.add(
                  new Relationship.Key(
                      table,
                      new QualifiedName(row.getString(5), row.getString(6)),
                      Relationship.Cardinality.MANY_TO_ONE,
                      row.getString(2),
                      List.copyOf(pairs)));
            }
          }
        });
    foreign.forEach(relationships::addForeignKey);
  }

  private Map<QualifiedName, List<Routine>> readRoutines(Connection connection)
      throws SQLException {
    var routines = new HashMap<QualifiedName, List<Routine>>();
    try (var statement = connection.prepareStatement(ROUTINES)) {
      statement.setArray(1, connection.createArrayOf("text", schemas.toArray(String[]::new)));
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          var routine = routine(row);
          routines.computeIfAbsent(routine.name(), _ -> new ArrayList<>()).add(routine);
          var argument = row.getString("argument_name");
          if (argument != null && routine.returnsRow().isPresent()) {
            relationships.addComputed(
                new Relationship.Computed(
                    routine.name(),
                    new QualifiedName(row.getString("argument_schema"), argument),
                    routine.returnsRow().get(),
                    !routine.set() || row.getBoolean("one_row")));
          }
        }
      }
    }
    return routines;
  }

  private static Routine routine(ResultSet row) throws SQLException {
    var names = texts(row, "names");
    var types = texts(row, "types");
    var modes = texts(row, "modes");
    int count = row.getInt("pronargs");
    int required = count - row.getInt("pronargdefaults");
    var parameters = new ArrayList<Routine.Parameter>();
    for (int i = 0, argument = 0; argument < count; i++) {
      var mode = i < modes.size() ? modes.get(i) : "i";
      if (mode.equals("o") || mode.equals("t")) {
        continue;
      }
      var name = i < names.size() ? names.get(i) : "";
      parameters.add(
          new Routine.Parameter(name, types.get(argument), argument < required, mode.equals("v")));
      argument++;
    }
    var rowName = row.getString("row_name");
    return new Routine(
        new QualifiedName(row.getString("nspname"), row.getString("proname")),
        List.copyOf(parameters),
        !row.getBoolean("composite"),
        row.getBoolean("proretset"),
        row.getBoolean("is_void"),
        rowName == null
            ? Optional.empty()
            : Optional.of(new QualifiedName(row.getString("row_schema"), rowName)),
        row.getBoolean("read_only"),
        hoisted(texts(row, "settings")));
  }

  private static List<Routine.Setting> hoisted(List<String> config) {
    var found = new ArrayList<Routine.Setting>();
    for (var setting : config) {
      int equals = setting.indexOf('=');
      var name = setting.substring(0, equals);
      switch (name) {
        case "statement_timeout",
            "plan_filter.statement_cost_limit",
            "default_transaction_isolation" ->
            found.add(new Routine.Setting(name, setting.substring(equals + 1)));
        default -> {
          // Other settings hold inside the function only; PostgreSQL sees to them.
        }
      }
    }
    return List.copyOf(found);
  }

  private static Map<String, List<Routine.Setting>> readRoleSettings(Connection connection)
      throws SQLException {
    var roles = new HashMap<String, List<Routine.Setting>>();
    each(
        connection,
        ROLE_SETTINGS,
        row ->
            roles
                .computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                .add(new Routine.Setting(row.getString(2), row.getString(3))));
    return roles;
  }

  private interface Row {
    void take(ResultSet row) throws SQLException;
  }

  private static void each(Connection connection, String sql, Row reader) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        reader.take(rows);
      }
    }
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
