package dev.freehold.backend.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.postgres.Database;
import dev.freehold.testing.TestPostgres;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PreludeTest {
  private static final RolePasswords PASSWORDS = new RolePasswords("p1", "p2", "p3", "p4", "p5");
  private static Database database;

  @BeforeAll
  static void prepare() {
    database = TestPostgres.create();
    Prelude.apply(database, PASSWORDS);
    TestPostgres.execute(
        database,
        """
        insert into storage.buckets (id, name, public) values ('open', 'open', true);
        insert into storage.objects (bucket_id, name, metadata)
          values ('open', 'a/one.txt', '{"size": 3}'), ('open', 'a/b/two.txt', '{"size": 4}'),
            ('open', 'zero.txt', '{"size": 5}');
        """);
  }

  @Test
  void aSecondRunChangesNothing() throws SQLException {
    var before = rows("supabase_admin", "select part, digest, applied_at from freehold.prelude");
    Prelude.apply(database, PASSWORDS);
    assertThat(rows("supabase_admin", "select part, digest, applied_at from freehold.prelude"))
        .isEqualTo(before)
        .hasSizeGreaterThan(10);
  }

  @Test
  void everyPartCanRunAgain() throws SQLException {
    TestPostgres.execute(database, "update freehold.prelude set digest = 'older'");
    Prelude.apply(database, PASSWORDS);
    assertThat(rows("supabase_admin", "select 1 from freehold.prelude where digest = 'older'"))
        .isEmpty();
  }

  @Test
  void rolesHaveTheAttributesAppsRelyOn() throws SQLException {
    assertThat(
            rows(
                "supabase_admin",
                """
                select rolname, rolsuper, rolinherit, rolcanlogin, rolbypassrls from pg_roles
                where rolname in ('anon', 'authenticator', 'postgres', 'service_role')
                order by 1
                """))
        .containsExactly(
            "anon|f|t|f|f", "authenticator|f|f|t|f", "postgres|f|t|t|t", "service_role|f|t|f|t");
  }

  @Test
  void anonymousVisitorsCannotReadUsersOrSecrets() {
    for (var role : List.of("anon", "authenticated")) {
      for (var table :
          List.of(
              "auth.users",
              "vault.secrets",
              "cron.job",
              "net._http_response",
              "freehold.vault_key",
              "realtime.messages_default",
              "storage.migrations",
              "supabase_migrations.schema_migrations")) {
        assertThatThrownBy(() -> rows(role, "select * from " + table))
            .as(role + " reads " + table)
            .hasMessageContaining("permission denied");
      }
    }
    assertThatThrownBy(() -> rows("postgres", "select * from freehold.vault_key"))
        .hasMessageContaining("permission denied");
  }

  @Test
  void storedFilesAreHiddenUntilAPolicyShowsThem() throws SQLException {
    assertThat(rows("anon", "select name from storage.objects")).isEmpty();
    assertThatThrownBy(
            () -> rows("anon", "insert into storage.buckets (id, name) values ('x', 'x')"))
        .hasMessageContaining("row-level security");
    assertThat(
            rows(
                "postgres",
                """
                create policy shown on storage.objects for select to anon
                  using ((storage.foldername(name))[1] = 'a');
                set local role anon;
                select name from storage.objects order by name
                """))
        .containsExactly("a/b/two.txt", "a/one.txt");
  }

  @Test
  void theAppsOwnSqlMayHookUsersAndOpenItsTables() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                create table public.profiles (id uuid references auth.users);
                create function public.welcome() returns trigger language plpgsql
                  security definer as 'begin insert into profiles values (new.id); return new; end';
                create trigger on_user after insert on auth.users
                  for each row execute function public.welcome();
                insert into auth.users (id) values ('00000000-0000-0000-0000-000000000001');
                alter publication supabase_realtime add table public.profiles;
                alter role authenticator set pgrst.db_schemas = 'public';
                set local role anon;
                select id from public.profiles
                """))
        .containsExactly("00000000-0000-0000-0000-000000000001");
    assertThatThrownBy(() -> rows("postgres", "set local role supabase_admin"))
        .hasMessageContaining("permission denied");
  }

  @Test
  void rowsMayBeLoadedWithoutTriggers() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                create table public.loaded (id int primary key, twin int references public.loaded);
                set local session_replication_role = replica;
                insert into public.loaded values (1, 2), (2, 1);
                set local session_replication_role = origin;
                select count(*) from public.loaded
                """))
        .containsExactly("2");
  }

  @Test
  void aChangedSchemaIsNoticedInASessionThatLoadsRowsToo() throws SQLException {
    assertThat(
            rows(
                "supabase_admin",
                "select evtname, evtenabled from pg_event_trigger where evtname ~ '^pgrst' order by"
                    + " 1"))
        .containsExactly("pgrst_ddl_watch|A", "pgrst_drop_watch|A");
  }

  @Test
  void whatMigrationsGrantToLovablesOwnRoleReachesTheOthersNamed() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                create table public.imported (id int);
                grant select on public.imported to service_role, sandbox_exec;
                create policy bulk on public.imported for all to sandbox_exec using (true);
                select has_table_privilege('service_role', 'public.imported', 'select'), rolcanlogin
                from pg_roles where rolname = 'sandbox_exec'
                """))
        .containsExactly("t|f");
  }

  @Test
  void claimsAreReadFromTheTransaction() throws SQLException {
    assertThat(
            rows(
                "anon",
                """
                select set_config('request.jwt.claims',
                  '{"sub":"00000000-0000-0000-0000-000000000007","role":"authenticated",
                    "email":"a@b.c"}', true);
                select auth.uid(), auth.role(), auth.email(), auth.jwt() ->> 'email'
                """))
        .containsExactly("00000000-0000-0000-0000-000000000007|authenticated|a@b.c|a@b.c");
    assertThat(rows("anon", "select auth.uid() is null")).containsExactly("t");
  }

  @Test
  void listingsFoldNamesIntoFolders() throws SQLException {
    assertThat(rows("service_role", "select name, id is null from storage.search('', 'open')"))
        .containsExactly("a|t", "zero.txt|f");
    assertThat(rows("service_role", "select name from storage.search('a/', 'open', 10, 2)"))
        .containsExactly("b", "one.txt");
    assertThat(rows("service_role", "select key, name from storage.search_v2('a/', 'open', 9, 2)"))
        .containsExactly("b|a/b/", "one.txt|a/one.txt");
    assertThat(
            rows(
                "service_role",
                "select name from storage.list_objects_with_delimiter('open', '', '/')"))
        .containsExactly("a/", "zero.txt");
    assertThat(rows("service_role", "select size from storage.get_size_by_bucket()"))
        .containsExactly("12");
    assertThat(rows("anon", "select storage.extension('a/b.c.png'), storage.filename('a/b.png')"))
        .containsExactly("png|b.png");
  }

  @Test
  void rowsOfFilesAreNotDeletedBySql() {
    assertThatThrownBy(() -> rows("postgres", "delete from storage.objects"))
        .hasMessageContaining("Direct deletion from storage tables is not allowed");
  }

  @Test
  void jobsAreKeptByName() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                select cron.schedule('nightly', '0 3 * * *', 'select 1');
                select cron.schedule('nightly', '*/5 * * * *', 'select 2');
                select cron.schedule('30 seconds', 'select 3');
                select jobname, schedule, command, username, active from cron.job order by jobid
                """))
        .containsExactly(
            "nightly|*/5 * * * *|select 2|postgres|t", "null|30 seconds|select 3|postgres|t");
    assertThatThrownBy(() -> rows("postgres", "select cron.unschedule('nobody')"))
        .hasMessageContaining("could not find valid entry for job 'nobody'");
    assertThatThrownBy(() -> rows("postgres", "select cron.schedule('x', 'often', 'select 1')"))
        .hasMessageContaining("invalid schedule: often");
  }

  @Test
  void requestsWaitInTheQueueUntilCommit() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                select net.http_post(url := 'https://example.com/f', body := '{"a": 1}',
                  params := '{"q": "ä b"}', headers := '{"Authorization": "x"}');
                select method, url, headers, convert_from(body, 'UTF8'), timeout_milliseconds
                from net.http_request_queue
                """))
        .containsExactly(
            "POST|https://example.com/f?q=%C3%A4%20b|"
                + "{\"Content-Type\": \"application/json\", \"Authorization\": \"x\"}"
                + "|{\"a\": 1}|5000");
  }

  @Test
  void secretsAreSealedInTheirRows() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                select vault.create_secret('s3cret', 'key', 'about');
                select vault.update_secret((select id from vault.secrets), 's4cret');
                select name, description, decrypted_secret, secret like '%cret%'
                from vault.decrypted_secrets
                """))
        .containsExactly("key|about|s4cret|f");
  }

  @Test
  void queuesSendReadAndArchive() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                select pgmq.create('mail');
                select pgmq.send('mail', '{"to": 1}');
                select pgmq.send_batch('mail', array['{"to": 2}', '{"to": 3}']::jsonb[]);
                select pgmq.archive('mail', 2::bigint);
                select msg_id, read_ct, message from pgmq.read('mail', 30, 10)
                """))
        .containsExactly("1|1|{\"to\": 1}", "3|1|{\"to\": 3}");
  }

  @Test
  void aDatabaseMayBroadcast() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                select realtime.send('{"a": 1}', 'hello', 'room', false);
                select topic, event, private, extension, payload ->> 'a', realtime.topic()
                from realtime.messages
                """))
        .containsExactly("room|hello|f|broadcast|1|room");
  }

  @Test
  void webhooksSendTheChangedRow() throws SQLException {
    assertThat(
            rows(
                "postgres",
                """
                create table public.orders (n int);
                create trigger hook after insert on public.orders for each row
                  execute function supabase_functions.http_request(
                    'https://example.com/hook', 'POST', '{"X": "y"}', '{}', '2000');
                insert into public.orders values (7);
                select convert_from(body, 'UTF8')::jsonb -> 'record' ->> 'n', timeout_milliseconds
                from net.http_request_queue
                """))
        .containsExactly("7|2000");
  }

  /// Runs the script as that role in a transaction that is undone; the last query's rows, their
  /// values joined by `|`.
  private static List<String> rows(String role, String script) throws SQLException {
    var properties = database.properties();
    properties.setProperty("preferQueryMode", "simple");
    if (role.equals("postgres")) {
      properties.setProperty("user", role);
    }
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), properties);
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("set local role " + role);
      boolean query = statement.execute(script);
      var last = new ArrayList<String>();
      while (query || statement.getUpdateCount() >= 0) {
        if (query) {
          last.clear();
          var rows = statement.getResultSet();
          while (rows.next()) {
            var values = new ArrayList<String>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              values.add(String.valueOf(rows.getString(i)));
            }
            last.add(String.join("|", values));
          }
        }
        query = statement.getMoreResults();
      }
      connection.rollback();
      return last;
    }
  }
}
