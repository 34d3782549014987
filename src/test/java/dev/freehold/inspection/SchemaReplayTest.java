package dev.freehold.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Only what is left after all migrations is judged.
class SchemaReplayTest {
  private final Tree tree;
  private int number;

  SchemaReplayTest(@TempDir Path folder) {
    tree = new Tree(folder).file("index.html", "<p>");
  }

  @Test
  void aTableWithoutRowSecurityIsADanger() {
    migration("create table public.notes (id int); create table private.x (id int);");

    assertThat(danger("rls-missing").message())
        .isEqualTo("1 table has no row level security: notes");
    assertThat(danger("rls-missing").places())
        .containsExactly(new Place("supabase/migrations/20260101000001_m.sql", 1));
  }

  @Test
  void aPasswordThatStandsInTheSqlIsADanger() {
    migration(
        """
        insert into public.notes (text) values (crypt('no user', 'x'));
        do $$ begin
          insert into auth.users (id, email, encrypted_password)
          values (gen_random_uuid(), 'tester@example.com', crypt('TestPass123!', gen_salt('bf')));
        end $$;
        UPDATE auth.users SET encrypted_password =
          '$2a$10$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUV01234567.' WHERE email = 'admin@example.com';
        """);

    assertThat(danger("password-in-sql").message())
        .isEqualTo("2 schema statements give a user of the app a password that stands in it");
    assertThat(danger("password-in-sql").places()).extracting(Place::line).containsExactly(3, 6);
  }

  @Test
  void usersWithoutAKnownPasswordAreNone() {
    migration(
        """
        insert into auth.users (id, email) values (gen_random_uuid(), 'a@example.com');
        insert into auth.users (encrypted_password) values (crypt(gen_random_uuid()::text, 'x'));
        update auth.users set email_confirmed_at = now() where email like '$2a$%';
        """);

    assertThat(codes()).doesNotContain("password-in-sql");
  }

  @Test
  void aLaterFileMaySwitchItOnOrDropOrRenameTheTable() {
    migration(
        "create table notes (id int); create table gone (id int); create table old (id int);");
    migration(
        "alter table only public.notes enable row level security; drop table if exists gone;");
    migration("alter table old rename to fresh; alter table fresh enable row level security;");

    assertThat(codes()).doesNotContain("rls-missing");
    assertThat(tree.inspection().schema().tables())
        .extracting(Schema.Table::name)
        .containsExactly("public.notes", "public.fresh");
  }

  @Test
  void switchingItOffAgainCounts() {
    migration("create table notes (id int); alter table notes enable row level security;");
    migration("ALTER TABLE notes DISABLE ROW LEVEL SECURITY");

    assertThat(codes()).contains("rls-missing");
  }

  @Test
  void anOpenPolicyThatIsDroppedLaterIsForgotten() {
    migration(
        """
        create table notes (id int);
        alter table notes enable row level security;
        create policy "Anyone can do it; really" on public.notes for all using (true);
        """);
    assertThat(danger("policy-write-open").message()).contains("notes");

    migration("drop policy if exists \"Anyone can do it; really\" on notes;");
    assertThat(codes()).doesNotContain("policy-write-open").contains("rls-without-policy");
  }

  @Test
  void policiesAreToldByWhoTheyLetIn() {
    migration(
        """
        create table a (id int); alter table a enable row level security;
        create policy service on a for all to service_role using (true) with check (true);
        create policy readers on a for select using (true);
        create policy team on a for update to authenticated using ((true));
        create policy contact on a for insert to anon with check (true);
        create policy own on a for delete using (auth.uid() = owner);
        """);

    assertThat(codes())
        .contains("policy-write-any-user", "policy-insert-open")
        .doesNotContain("policy-write-open");
  }

  @Test
  void anAlteredPolicyIsJudgedAsItIsNow() {
    migration(
        """
        create table a (id int); alter table a enable row level security;
        create policy p on a for update using (true);
        alter policy p on a using (auth.uid() = owner);
        """);

    assertThat(codes()).doesNotContain("policy-write-open");
  }

  @Test
  void commentsStringsAndDollarQuotesHideNothingAndInventNothing() {
    migration(
        """
        -- create table commented (id int);
        /* create table also /* nested */ commented (id int); */
        create function f() returns void language plpgsql security definer
          set search_path = '' as $body$
        begin
          create table inside (id int); -- a semicolon; and ' a quote
        end $body$;
        insert into log values ('create table quoted (id int);');
        """);

    assertThat(tree.inspection().schema().tables()).isEmpty();
    assertThat(tree.inspection().schema().functions()).isEqualTo(1);
  }

  @Test
  void doBlocksAndLoopsOverNamesAreFollowed() {
    migration(
        """
        create table a (id int); create table b (id int); create table c (id int);
        do $$
        declare t text;
        begin
          if not exists (select 1 from pg_policies where policyname = 'x') then
            alter table c enable row level security;
          end if;
          foreach t in array array['a', 'b'] loop
            execute format('alter table public.%I enable row level security', t);
          end loop;
        end $$;
        """);

    assertThat(codes()).doesNotContain("rls-missing", "rls-unclear");
  }

  @Test
  void aStatementMadeAtRunTimeLeavesADoubt() {
    migration(
        """
        create table a (id int);
        do $$ declare r record; begin
          for r in select tablename from pg_tables loop
            execute format('alter table %I enable row level security', r.tablename);
          end loop;
        end $$;
        """);

    assertThat(codes()).contains("rls-unclear").doesNotContain("rls-missing");
  }

  @Test
  void definersNeedASearchPath() {
    migration(
        """
        create function one(a int) returns int language sql security definer as $$ select 1 $$;
        create function two(a int, b numeric(10, 2)) returns int language sql
          security definer as $$ select 1 $$;
        create function three() returns int language sql as $$ select 1 $$;
        """);
    assertThat(finding("definer-search-path").message())
        .contains("2 functions")
        .contains("one, two");

    migration("alter function one(int) set search_path = public; drop function two(int, numeric);");
    assertThat(codes()).doesNotContain("definer-search-path");
  }

  @Test
  void jobsBucketsExtensionsAndTriggersAreFound() {
    migration(
        """
        create extension if not exists "pg_cron" with schema extensions;
        insert into storage.buckets (id, name, public)
          values ('avatars', 'avatars', true), ('docs', 'docs', false);
        select cron.schedule('nightly', '0 2 * * *', $$
          select net.http_post(
            url := 'https://abcdefghijklmnopqrst.supabase.co/functions/v1/tidy') $$);
        create trigger on_auth_user_created after insert on auth.users
          for each row execute function f();
        alter publication supabase_realtime add table public.messages;
        """);

    var schema = tree.inspection().schema();

    assertThat(schema.buckets()).containsExactly("avatars", "docs");
    assertThat(schema.extensions()).contains("pg_cron");
    assertThat(schema.authTrigger()).isTrue();
    assertThat(schema.realtimeTables()).containsExactly("public.messages");
    assertThat(schema.cronJobs()).hasSize(1);
    assertThat(schema.cronJobs().getFirst().schedule()).isEqualTo("0 2 * * *");
    assertThat(schema.cronJobs().getFirst().hosts())
        .containsExactly("abcdefghijklmnopqrst.supabase.co");
  }

  @Test
  void namesThatCannotBeOrderedAndRepeatedVersionsAreTold() {
    tree.file("supabase/migrations/20250101_a.sql", "select 1;")
        .file("supabase/migrations/20250101_b.sql", "select 2;")
        .file("supabase/migrations/20250102000000-lovable.sql", "select 3;")
        .file("supabase/migrations/20250103000000_again.sql", "select 3;")
        .file("supabase/migrations/notes.sql", "select 4;");

    assertThat(codes())
        .contains(
            "migration-version-repeated",
            "migration-order-unclear",
            "migration-duplicate",
            "migration-name");
    assertThat(tree.inspection().schema().migrations())
        .extracting(Schema.Migration::fileName)
        .containsExactly(
            "20250101_a.sql",
            "20250101_b.sql",
            "20250102000000-lovable.sql",
            "20250103000000_again.sql");
  }

  private void migration(String sql) {
    number++;
    tree.file("supabase/migrations/2026010100000" + number + "_m.sql", sql);
  }

  private List<String> codes() {
    return tree.inspection().findings().stream().map(Finding::code).toList();
  }

  private Finding finding(String code) {
    return tree.inspection().findings().stream()
        .filter(f -> f.code().equals(code))
        .findFirst()
        .orElseThrow();
  }

  private Finding danger(String code) {
    assertThat(finding(code).severity()).isEqualTo(Severity.DANGER);
    return finding(code);
  }
}
