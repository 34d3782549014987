package dev.freehold.backend.supabase.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.testing.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Listings of one level: the same as the plain definition of a level, at the cost of a page.
class LevelListingTest {
  private static final List<String> AFTER = List.of("", "a", "a/", "a/b", "a/b/", "b/a", "é", "z");

  private final Database database = TestPostgres.create();

  @BeforeEach
  void prepare() {
    Prelude.apply(database, new RolePasswords("", "", "", "", ""));
    TestPostgres.execute(database, "insert into storage.buckets (id, name) values ('b', 'b')");
  }

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private <T> T asking(Question<T> question) throws SQLException {
    try (var pool = Pool.open(database.as("supabase_storage_admin", ""), PoolLimits.DEFAULT)) {
      return pool.transaction(question::ask);
    }
  }

  private static List<String> names(Connection connection, String sql, Object... values)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      var found = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1) + (rows.getString(2) == null ? " folder" : " file"));
        }
      }
      return found;
    }
  }

  private static String defined(boolean down) {
    return """
    select name, id from (
      select distinct storage.get_common_prefix(name, ?, '/') as name, null::uuid as id
      from storage.objects where starts_with(name, ?)
        and storage.get_common_prefix(name, ?, '/') is not null
      union all
      select name, id from storage.objects where starts_with(name, ?)
        and storage.get_common_prefix(name, ?, '/') is null) e
    where ? = '' or name collate "C" %s ? order by name collate "C" %s limit 5
    """
        .formatted(down ? "<" : ">", down ? "desc" : "asc");
  }

  @Test
  void aLevelIsWhatItIsDefinedToBe() throws SQLException {
    var random = new Random(7);
    for (int i = 0; i < 300; i++) {
      var name = new StringBuilder();
      for (int length = 1 + random.nextInt(6); length > 0; length--) {
        name.append(List.of("a", "b", "A", "é", "!", "/", "0").get(random.nextInt(7)));
      }
      TestPostgres.execute(
          database,
          "insert into storage.objects (bucket_id, name) values ('b', '%s') on conflict do nothing"
              .formatted(name));
    }
    asking(connection -> {
      for (var prefix : List.of("", "a", "a/", "a/b", "b/", "/", "none")) {
        for (var after : AFTER) {
          for (boolean down : new boolean[] {false, true}) {
            var defined =
                names(
                    connection,
                    defined(down),
                    prefix,
                    prefix,
                    prefix,
                    prefix,
                    prefix,
                    after,
                    after);
            var direction = down ? "desc" : "asc";
            int level = prefix.split("/", -1).length;
            var why = "prefix '%s' after '%s' %s".formatted(prefix, after, direction);
            assertThat(
                    names(
                        connection,
                        "select name, id from storage.search_v2(?, 'b', 5, ?, ?, ?)",
                        prefix,
                        level,
                        after,
                        direction))
                .as(why)
                .isEqualTo(defined);
            assertThat(
                    names(
                        connection,
                        "select name, id from"
                            + " storage.list_objects_with_delimiter('b', ?, '/', 5, ?, '', ?)",
                        prefix,
                        after,
                        direction))
                .as(why)
                .isEqualTo(defined);
          }
        }
      }
      return true;
    });
  }

  @Test
  void aPageOfAHugeBucketReadsAFewRows() throws SQLException {
    TestPostgres.execute(
        database,
        """
        set session_replication_role = replica;
        insert into storage.objects (bucket_id, name)
        select 'b', case when i %% 2 = 0 then 'deep/' else 'flat-' end || i
        from generate_series(1, 200000) i;
        insert into storage.objects (bucket_id, name) values ('b', 'zoo/one'), ('b', 'zoo/two');
        analyze storage.objects;
        """
            .replace("%%", "%"));
    assertThat(rowsRead("storage.search_v2('', 'b', 100)")).isLessThan(500);
    assertThat(rowsRead("storage.search_v2('', 'b', 100, 1, 'flat-99', 'desc')")).isLessThan(500);
    assertThat(rowsRead("storage.search_v2('deep/', 'b', 100, 2, 'deep/5')")).isLessThan(500);
    assertThat(rowsRead("storage.list_objects_with_delimiter('b', '', '/', 100)")).isLessThan(500);
    assertThat(rowsRead("storage.list_objects_with_delimiter('b', 'flat-', '-', 100)"))
        .isLessThan(500);
  }

  /// What PostgreSQL counts of the rows it looked at, by any index or none.
  private long rowsRead(String listing) throws SQLException {
    var counted =
        "select coalesce(sum(seq_tup_read + idx_tup_fetch), 0) from pg_stat_xact_user_tables"
            + " where schemaname = 'storage' and relname = 'objects'";
    return asking(connection -> {
      try (var statement = connection.createStatement()) {
        long before;
        try (var rows = statement.executeQuery(counted)) {
          rows.next();
          before = rows.getLong(1);
        }
        int shown = 0;
        try (var rows = statement.executeQuery("select * from " + listing)) {
          while (rows.next()) {
            shown++;
          }
        }
        assertThat(shown).isPositive();
        try (var rows = statement.executeQuery(counted)) {
          rows.next();
          assertThat(rows.getLong(1)).isGreaterThan(before);
          return rows.getLong(1) - before;
        }
      }
    });
  }
}
