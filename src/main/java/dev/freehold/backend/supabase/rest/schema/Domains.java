package dev.freehold.backend.supabase.rest.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Asks the catalogs what domains bring to the wire: casts that show and read their values, and
/// media types. Expects an empty search path, so that every name comes with its schema.
final class Domains {
  private static final String CASTS =
      """
      select format_type(k.castsource, null), format_type(k.casttarget, null),
             k.castfunc::regproc::text
        from pg_cast k
        join pg_type s on s.oid = k.castsource
        join pg_type t on t.oid = k.casttarget
       where k.castcontext = 'i' and k.castmethod = 'f'
         and has_function_privilege(k.castfunc, 'execute')
         and ((s.typtype = 'd' and t.oid in ('json'::regtype, 'text'::regtype))
           or (t.typtype = 'd' and s.oid in ('json'::regtype, 'text'::regtype)))
      """;

  private static final String MEDIA_HANDLERS =
      """
      with media as (
        select t.oid, t.typname, n.nspname
          from pg_type t
          join pg_namespace n on n.oid = t.typnamespace
         where t.typbasetype <> 0
           and (t.typname = '*/*' or t.typname ~* '^[a-z0-9.-]+/[a-z0-9.+-]+$'))
      select pn.nspname, p.proname, true as aggregate, an.nspname, at.typname, media.typname
        from media
        join pg_proc p on p.prorettype = media.oid and p.prokind = 'a' and p.pronargs = 1
        join pg_namespace pn on pn.oid = p.pronamespace
        join pg_type at on at.oid = p.proargtypes[0]
        join pg_namespace an on an.oid = at.typnamespace
        left join pg_class ac on ac.oid = at.typrelid and ac.relkind in ('v', 'r', 'm', 'f', 'p')
       where pn.nspname = any (?)
         and (ac.oid is not null or at.oid = 'anyelement'::regtype)
      union all
      select media.nspname, media.typname, false, pn.nspname, p.proname, media.typname
        from media
        join pg_proc p on p.prorettype = media.oid and p.prokind = 'f' and not p.proretset
        join pg_namespace pn on pn.oid = p.pronamespace
       where pn.nspname = any (?)
      """;

  private final Connection connection;

  Domains(Connection connection) {
    this.connection = connection;
  }

  /// By the name of the type, as `format_type` prints it.
  Map<String, Representation> representations() throws SQLException {
    var casts = new HashMap<Cast, String>();
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(CASTS)) {
      while (row.next()) {
        casts.put(new Cast(row.getString(1), row.getString(2)), row.getString(3));
      }
    }
    var found = new HashMap<String, Representation>();
    for (var cast : casts.keySet()) {
      for (var type : List.of(cast.from(), cast.to())) {
        var representation =
            new Representation(
                casts.getOrDefault(new Cast(type, "json"), ""),
                casts.getOrDefault(new Cast("text", type), ""),
                casts.getOrDefault(new Cast("json", type), ""));
        if (!type.equals("json") && !type.equals("text")) {
          found.put(type, representation);
        }
      }
    }
    return found;
  }

  private record Cast(String from, String to) {}

  /// @param schemas the exposed ones
  MediaHandlers mediaHandlers(List<String> schemas) throws SQLException {
    var found = new MediaHandlers.Reader();
    try (var statement = connection.prepareStatement(MEDIA_HANDLERS)) {
      var exposed = connection.createArrayOf("text", schemas.toArray(String[]::new));
      statement.setArray(1, exposed);
      statement.setArray(2, exposed);
      try (var row = statement.executeQuery()) {
        while (row.next()) {
          found.add(
              new QualifiedName(row.getString(1), row.getString(2)),
              row.getBoolean(3),
              new QualifiedName(row.getString(4), row.getString(5)),
              row.getString(6));
        }
      }
    }
    return found.done();
  }
}
