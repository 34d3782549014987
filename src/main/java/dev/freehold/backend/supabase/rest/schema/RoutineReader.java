package dev.freehold.backend.supabase.rest.schema;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the functions that can be called.
///
/// Procedures, aggregates and trigger functions cannot, nor can functions whose parameters have no
/// names, unless it is a single one that takes a whole body. Type names are qualified as the
/// session's search path demands.
final class RoutineReader {
  private static final String ROUTINES =
      """
      with recursive chain as (
        select oid, oid as base, typbasetype as next from pg_type
        union all
        select chain.oid, t.oid, t.typbasetype from chain join pg_type t on t.oid = chain.next
      )
      select n.nspname, p.proname, obj_description(p.oid, 'pg_proc') as comment,
             p.proretset, p.provolatile in ('s', 'i') as read_only,
             p.pronargs, p.pronargdefaults,
             coalesce(p.proargnames, '{}')::text[] as names,
             array(select format_type(u.type, null)
                     from unnest(p.proargtypes::oid[]) with ordinality u(type, at)
                    order by u.at) as types,
             coalesce(p.proargmodes, '{}')::text[] as modes,
             t.typtype = 'c' or coalesce(p.proargmodes::text[] && '{t,b,o}', false) as composite,
             t.oid = 'void'::regtype as is_void,
             rn.nspname as row_schema, rc.relname as row_name,
             coalesce(p.proconfig, '{}') as settings
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        join chain on chain.oid = p.prorettype and chain.next = 0
        join pg_type t on t.oid = chain.base
        left join pg_class rc on rc.oid = t.typrelid and t.typrelid <> 0
        left join pg_namespace rn on rn.oid = rc.relnamespace
       where p.prokind = 'f' and n.nspname = any (?) and t.oid <> 'trigger'::regtype
         and (p.proargnames is not null or p.pronargs = 0
              or p.pronargs = 1 and p.proargtypes[0] in (
                   'json'::regtype, 'jsonb'::regtype, 'text'::regtype, 'xml'::regtype,
                   'bytea'::regtype))
      """;

  private static final String OF_ALL = " order by n.nspname, p.proname, p.oid";

  private static final String OF_ROLE = " and has_function_privilege(p.oid, 'execute')" + OF_ALL;

  /// Overloads are told in this order, and the first that fits is preferred.
  private static final Comparator<Routine> FEWEST_PARAMETERS_FIRST =
      Comparator.comparingInt((Routine routine) -> routine.parameters().size())
          .thenComparing(Routine::comment)
          .thenComparing(RoutineReader::parameters);

  private RoutineReader() {}

  /// @param executable only those that the current role may call
  /// @return overloads by name, those with the fewest parameters first
  static Map<QualifiedName, List<Routine>> read(
      Connection connection, List<String> schemas, boolean executable) throws SQLException {
    var routines = new LinkedHashMap<QualifiedName, List<Routine>>();
    Rows.each(
        connection,
        ROUTINES + (executable ? OF_ROLE : OF_ALL),
        List.of(schemas),
        row -> {
          var routine = routine(row);
          routines.computeIfAbsent(routine.name(), _ -> new ArrayList<>()).add(routine);
        });
    routines.values().forEach(overloads -> overloads.sort(FEWEST_PARAMETERS_FIRST));
    return routines;
  }

  private static String parameters(Routine routine) {
    var text = new StringBuilder();
    for (var one : routine.parameters()) {
      text.append(one.name()).append('\0').append(one.type()).append('\0');
      text.append(one.required() ? '1' : '0').append(one.variadic() ? '1' : '0');
    }
    return text.toString();
  }

  private static Routine routine(ResultSet row) throws SQLException {
    var names = Rows.texts(row, "names");
    var types = Rows.texts(row, "types");
    var modes = Rows.texts(row, "modes");
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
        Rows.text(row.getString("comment")),
        List.copyOf(parameters),
        !row.getBoolean("composite"),
        row.getBoolean("proretset"),
        row.getBoolean("is_void"),
        rowName == null
            ? Optional.empty()
            : Optional.of(new QualifiedName(row.getString("row_schema"), rowName)),
        row.getBoolean("read_only"),
        hoisted(Rows.texts(row, "settings")));
  }

  private static List<Routine.Setting> hoisted(List<String> config) {
    var found = new ArrayList<Routine.Setting>();
    for (var setting : config) {
      int equals = setting.indexOf('=');
      var name = setting.substring(0, equals);
      found.add(new Routine.Setting(name, setting.substring(equals + 1)));
    }
    return List.copyOf(found);
  }
}
