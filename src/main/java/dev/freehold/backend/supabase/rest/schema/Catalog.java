package dev.freehold.backend.supabase.rest.schema;

import dev.freehold.backend.supabase.rest.schema.Relationship.Pair;
import dev.freehold.postgres.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Asks the catalogs of PostgreSQL for everything a [SchemaCache] holds, in one read-only
/// transaction of a few statements.
public final class Catalog {
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

  private static final String ATTRIBUTES =
      """
      select c.oid, n.nspname, c.relname, a.attnum, a.attname
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relkind in ('r', 'p', 'v', 'm', 'f')
         and n.nspname not in ('pg_catalog', 'information_schema')
         and n.nspname not like 'pg\\_t%'
      """;

  private static final String VIEWS =
      """
      select c.oid, r.ev_action::text
        from pg_rewrite r
        join pg_class c on c.oid = r.ev_class
        join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('v', 'm') and r.rulename = '_RETURN' and n.nspname = any (?)
      """;

  private static final String COMPUTED =
      """
      select n.nspname, p.proname, an.nspname, ac.relname, rn.nspname, rc.relname,
             not p.proretset or p.prorows = 1 as one_row
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join pg_class ac on ac.reltype = p.proargtypes[0]
        join pg_namespace an on an.oid = ac.relnamespace
        join pg_class rc on rc.reltype = p.prorettype
        join pg_namespace rn on rn.oid = rc.relnamespace
       where p.pronargs = 1 and n.nspname = any (?)
         and ac.relkind in ('r', 'p', 'v', 'm', 'f') and rc.relkind in ('r', 'p', 'v', 'm', 'f')
       order by p.oid
      """;

  private static final String COMPUTED_FIELDS =
      """
      select an.nspname, ac.relname, p.proname
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join pg_class ac on ac.reltype = p.proargtypes[0]
        join pg_namespace an on an.oid = ac.relnamespace
       where p.pronargs = 1 and n.nspname = any (?)
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

  private static final String COMMENT =
      """
      select obj_description(n.oid, 'pg_namespace') from pg_namespace n where n.nspname = any (?)
      """;

  private static final String ACCESSIBLE =
      """
      select n.nspname, c.relname
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname = any (?)
         and (pg_has_role(c.relowner, 'usage')
              or has_table_privilege(c.oid,
                   'select, insert, update, delete, truncate, references, trigger')
              or has_any_column_privilege(c.oid, 'select, insert, update, references'))
      """;

  private final List<String> schemas;
  private final List<String> searched;
  private final Relationships relationships = new Relationships();

  private Catalog(List<String> schemas, List<String> extraSearchPath) {
    this.schemas = schemas;
    var all = new LinkedHashSet<>(schemas);
    all.addAll(extraSearchPath);
    searched = List.copyOf(all);
  }

  /// @param schemas the exposed ones: their relations can be read, their functions called
  /// @param extraSearchPath more schemas whose views are followed down to their tables
  /// @throws dev.freehold.postgres.PostgresException when the database cannot be asked
  public static SchemaCache load(Pool pool, List<String> schemas, List<String> extraSearchPath) {
    long now = System.nanoTime();
    return pool.transaction(
        connection -> new Catalog(schemas, extraSearchPath).read(connection, now));
  }

  private SchemaCache read(Connection connection, long now) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("set transaction read only; set local search_path to ''");
    }
    var domains = new Domains(connection);
    var tables = TableReader.read(connection, schemas, domains.representations());
    readKeys(connection);
    readComputed(connection);
    var views = readViews(connection);
    var byOrigin = relationships.complete(tables, views.origins(), Set.copyOf(schemas));
    return new SchemaCache(
        tables,
        byOrigin,
        RoutineReader.read(connection, schemas, false),
        readRoleSettings(connection),
        readComputedFields(connection),
        domains.mediaHandlers(schemas),
        now);
  }

  /// What the current role may use of one schema. Types are named as the current search path has
  /// them.
  ///
  /// @param tables names of relations
  public record Accessible(Set<QualifiedName> tables, Map<QualifiedName, List<Routine>> routines) {}

  public static Accessible accessible(Connection connection, String schema) throws SQLException {
    var tables = new HashSet<QualifiedName>();
    Rows.each(
        connection,
        ACCESSIBLE,
        List.of(List.of(schema)),
        row -> tables.add(new QualifiedName(row.getString(1), row.getString(2))));
    return new Accessible(tables, RoutineReader.read(connection, List.of(schema), true));
  }

  /// The comment on a schema, as the database's owner wrote it.
  public static Optional<String> comment(Connection connection, String schema) throws SQLException {
    var found = new ArrayList<String>();
    Rows.each(
        connection,
        COMMENT,
        List.of(List.of(schema)),
        row -> found.add(Rows.text(row.getString(1))));
    return found.stream().filter(text -> !text.isEmpty()).findFirst();
  }

  private void readKeys(Connection connection) throws SQLException {
    var foreign = new ArrayList<Relationship.Key>();
    Rows.each(
        connection,
        KEYS,
        List.of(),
        row -> {
          var table = new QualifiedName(row.getString(3), row.getString(4));
          var columns = Rows.texts(row, "columns");
          switch (row.getString(1)) {
            case "p" -> relationships.addPrimary(table, columns);
            case "u" -> relationships.addUnique(table, columns);
            default -> {
              var others = Rows.texts(row, "others");
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

  private void readComputed(Connection connection) throws SQLException {
    Rows.each(
        connection,
        COMPUTED,
        List.of(schemas),
        row ->
            relationships.addComputed(
                new Relationship.Computed(
                    new QualifiedName(row.getString(1), row.getString(2)),
                    new QualifiedName(row.getString(3), row.getString(4)),
                    new QualifiedName(row.getString(5), row.getString(6)),
                    row.getBoolean("one_row"))));
  }

  private Map<QualifiedName, Set<String>> readComputedFields(Connection connection)
      throws SQLException {
    var fields = new HashMap<QualifiedName, Set<String>>();
    Rows.each(
        connection,
        COMPUTED_FIELDS,
        List.of(schemas),
        row ->
            fields
                .computeIfAbsent(
                    new QualifiedName(row.getString(1), row.getString(2)), _ -> new HashSet<>())
                .add(row.getString(3)));
    return fields;
  }

  private ViewColumns readViews(Connection connection) throws SQLException {
    var names = new HashMap<Long, QualifiedName>();
    var attributes = new HashMap<Long, Map<Integer, String>>();
    Rows.each(
        connection,
        ATTRIBUTES,
        List.of(),
        row -> {
          long oid = row.getLong(1);
          names.put(oid, new QualifiedName(row.getString(2), row.getString(3)));
          attributes
              .computeIfAbsent(oid, _ -> new HashMap<>())
              .put(row.getInt(4), row.getString(5));
        });
    var views = new ViewColumns(names, attributes);
    Rows.each(
        connection, VIEWS, List.of(searched), row -> views.add(row.getLong(1), row.getString(2)));
    return views;
  }

  private static Map<String, List<Routine.Setting>> readRoleSettings(Connection connection)
      throws SQLException {
    var roles = new HashMap<String, List<Routine.Setting>>();
    Rows.each(
        connection,
        ROLE_SETTINGS,
        List.of(),
        row ->
            roles
                .computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
                .add(new Routine.Setting(row.getString(2), row.getString(3))));
    return roles;
  }
}
