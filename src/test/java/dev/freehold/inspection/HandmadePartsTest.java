package dev.freehold.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Buckets and published tables that the old project had and no schema migration makes: told where
/// it is sure, and not where it cannot be known.
class HandmadePartsTest {
  private static final String BUCKET = "bucket-missing";
  private static final String TABLE = "realtime-unpublished";

  private final Tree tree;
  private int number;

  HandmadePartsTest(@TempDir Path folder) {
    tree =
        new Tree(folder)
            .file("index.html", "<div id=root>")
            .file("package.json", "{\"dependencies\":{\"@supabase/supabase-js\":\"2.45.0\"}}")
            .file(
                "src/client.ts",
                """
                import { createClient } from '@supabase/supabase-js';
                export const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, 'k');
                """);
  }

  @Test
  void aBucketThatNothingMakesIsNamedWithItsFirstUseAndItsSql() {
    code(
        """
        await supabase.storage
          .from("docs").upload(path, file);
        const { data } = supabase.storage.from('branding').getPublicUrl(path);
        await supabase.storage.from(`branding`).remove([path]);
        await supabase.from('not_a_bucket').select();
        """);

    var finding = only(BUCKET);

    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.message())
        .isEqualTo("2 buckets are used and made by no schema migration: branding, docs");
    assertThat(finding.places())
        .containsExactly(new Place("src/App.tsx", 3), new Place("src/App.tsx", 1));
    assertThat(finding.hint())
        .contains(
            "insert into storage.buckets (id, name, public) values"
                + " ('branding', 'branding', true), ('docs', 'docs', false)");
  }

  @Test
  void aPublicAddressWrittenOutMakesTheBucketPublic() {
    code(
        """
        await supabase.storage.from('pictures').upload(path, file);
        const at = `${url}/storage/v1/object/public/pictures/${path}`;
        """);

    assertThat(only(BUCKET).hint()).contains("('pictures', 'pictures', true)");
  }

  @Test
  void constantsAreFollowedInTheFileAndOverAnImport() {
    tree.file("src/lib/cms.ts", "export const IMAGE_BUCKET = \"site-images\" as const;\n");
    code(
        """
        import { supabase } from './client';
        import cms, { list, IMAGE_BUCKET } from './lib/cms';
        const OWN = 'own-files';
        supabase.storage.from(IMAGE_BUCKET).list();
        supabase.storage.from(OWN).list();
        supabase.storage.from(someParameter).list();
        """);

    assertThat(only(BUCKET).message()).endsWith(": own-files, site-images");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "let NAME = 'x'; NAME = other;\nsupabase.storage.from(NAME).list();",
        "let constant = 'x';\nsupabase.storage.from(constant).list();",
        "function f() {\n  const name = 'x';\n}\nsupabase.storage.from(name).list();",
        "const NAME = 'x' + suffix;\nsupabase.storage.from(NAME).list();",
        "import { A as NAME } from './names';\nsupabase.storage.from(NAME).list();",
        "import { TWICE } from './names';\nsupabase.storage.from(TWICE).list();",
        "supabase.storage.from('x' + suffix).list();",
        "supabase.storage.from(`x-${id}`).list();",
        "// supabase.storage.from('x').list();",
        "supabase.storage.createBucket('x'); supabase.storage.from('x').list();",
        "supabase.storage.createBucket(name); supabase.storage.from('x').list();",
      })
  void whatCannotBeReadInTheCodeIsNotTold(String code) {
    tree.file("src/names.ts", "export const NAME = 'x';\nexport const TWICE = 'x';\n");
    tree.file("src/more.ts", "export const TWICE = 'y';\n");
    code(code);

    assertThat(codes()).doesNotContain(BUCKET);
  }

  @Test
  void anExportWithoutSupabaseOrTestsOfTheAppAreNotJudged() {
    tree.file("src/App.test.ts", "supabase.storage.from('x').list();");
    assertThat(codes()).doesNotContain(BUCKET);

    tree.file("package.json", "{}").file("src/client.ts", "");
    code("other.storage.from('x').list(); other.on('postgres_changes', { table: 'x' }, f);");
    assertThat(codes()).doesNotContain(BUCKET, TABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into storage.buckets values ('x', 'x')",
        "INSERT INTO \"storage\".\"buckets\" (public, id) VALUES (true, 'y'), (now() > a, 'x')",
        "insert into storage.buckets (name, id) values ('x', 'x'::text) on conflict do nothing",
        "insert into storage.buckets (id, name) select 'x', 'x' where not exists (select 1)",
        "insert into storage.buckets (id) select 'y' union all select 'x' from a",
        "do $$ begin if not exists (select 1) then insert into storage.buckets (id) values ('x');"
            + " end if; end $$",
        "do $$ begin execute 'insert into storage.buckets (id) values (''x'')'; end $$",
      })
  void aBucketThatAMigrationMakesIsNotTold(String sql) {
    migration(sql);
    code("supabase.storage.from('x').list();");
    assertThat(codes()).doesNotContain(BUCKET);

    code("supabase.storage.from('other').list();");
    assertThat(only(BUCKET).message()).endsWith(": other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "insert into storage.buckets (id, name) values (current_setting('a'), 'b')",
        "insert into storage.buckets (id) values ('y'), ('a' || 'b')",
        "insert into storage.buckets (id) select name from wanted",
        "insert into storage.buckets (id) select * from (values ('x')) v",
        "with a as (select 1) insert into storage.buckets (id) select 'x'",
        "copy storage.buckets from stdin",
        "do $$ declare b text; begin foreach b in array array['x'] loop"
            + " insert into storage.buckets (id) values (b); end loop; end $$",
        "do $$ begin execute format('insert into storage.buckets (id) values (%L)', a); end $$",
        "do $$ declare q text := 'insert into storage.buckets'; begin execute q; end $$",
        "do $$ begin execute 'insert into storage.buckets (id) values (''' || a; end $$",
        "create function make() returns void language sql as $$"
            + " insert into storage.buckets (id) values ('x') $$; select make()",
      })
  void aBucketThatAnExpressionMayMakeIsNotTold(String sql) {
    migration(sql);
    code("supabase.storage.from('x').list();");

    assertThat(codes()).doesNotContain(BUCKET);
  }

  @Test
  void aBucketOfTheConfigurationOrOfOtherSqlIsTold() {
    tree.file("supabase/config.toml", "[storage.buckets.x]\npublic = true\n");
    migration("-- insert into storage.buckets (id) values ('x');\ncreate table time_buckets ();");
    migration("update storage.buckets set public = false where id = 'x'");
    code("supabase.storage.from('x').list();");

    assertThat(only(BUCKET).message())
        .isEqualTo("1 bucket is used and made by no schema migration: x");
  }

  @Test
  void aTableThatNothingPublishesIsNamedWithItsPlaceAndItsSql() {
    code(
        """
        const TABLE = 'orders';
        supabase.channel('a')
          .on('postgres_changes',
            { event: '*', schema: 'public', filter: `user_id=eq.${user.id}`, table: 'Notes' }, f)
          .on("postgres_changes" as any, { event: '*', schema: "sales", table: TABLE }, f)
          .on('postgres_changes', { event: '*', schema: 'public', table: config.name }, f)
          .on('postgres_changes', { event: '*', schema: 'public' }, f)
          .on('broadcast', { event: 'x', table: 'no' }, f)
          .subscribe();
        """);

    var finding = only(TABLE);

    assertThat(finding.severity()).isEqualTo(Severity.WARNING);
    assertThat(finding.message())
        .isEqualTo(
            "pages listen to 2 tables that no schema migration publishes: Notes, sales.orders");
    assertThat(finding.places())
        .containsExactly(new Place("src/App.tsx", 3), new Place("src/App.tsx", 5));
    assertThat(finding.hint())
        .contains("alter publication supabase_realtime add table public.\"Notes\", sales.orders");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter publication supabase_realtime add table x",
        "alter publication supabase_realtime add table only public.y (id, a) where (id > 1), x",
        "alter publication supabase_realtime add table y, table \"public\".\"x\"",
        "alter publication supabase_realtime set table x",
        "drop publication if exists supabase_realtime;"
            + " create publication supabase_realtime for table y, x with (publish = 'insert')",
        "create table old (id int); alter publication supabase_realtime add table old;"
            + " alter table old rename to x",
        "do $$ begin alter publication supabase_realtime add table x;"
            + " exception when duplicate_object then null; end $$",
        "do $$ begin if not exists (select 1 from pg_publication_tables where tablename = 'x')"
            + " then execute 'alter publication supabase_realtime add table public.x'; end if;"
            + " end $$",
        "do $$ declare t text; begin foreach t in array array['y', 'x'] loop execute"
            + " format('alter publication supabase_realtime add table public.%I', t);"
            + " end loop; end $$",
      })
  void aTableThatAMigrationPublishesIsNotTold(String sql) {
    migration(sql);
    listen("x");
    assertThat(codes()).doesNotContain(TABLE);

    listen("other");
    assertThat(only(TABLE).message()).endsWith(": other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter publication supabase_realtime add tables in schema public",
        "create publication supabase_realtime for all tables",
        "do $$ declare t text; begin for t in select tablename from pg_tables loop execute"
            + " format('alter publication supabase_realtime add table public.%I', t);"
            + " end loop; end $$",
        "do $$ declare t text; begin foreach t in array array['x'] loop execute"
            + " format('alter publication supabase_realtime add table %I.%I', 'public', t);"
            + " end loop; end $$",
        "do $$ declare t text; begin foreach t in array array['y', 'public.x'] loop execute"
            + " format('alter publication supabase_realtime add table %s', t);"
            + " end loop; end $$",
        "do $$ begin execute 'alter publication supabase_realtime add table ' || t; end $$",
        "do $$ declare q text; begin q := 'alter publication supabase_realtime add table x';"
            + " execute q; end $$",
        "create function publish(t text) returns void language plpgsql as $$ begin"
            + " execute format('alter publication supabase_realtime add table %I', t); end $$;"
            + " select publish('x')",
      })
  void aTableThatMayBePublishedIsNotTold(String sql) {
    migration(sql);
    listen("x");

    assertThat(codes()).doesNotContain(TABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alter publication supabase_realtime drop table y, x",
        "alter publication supabase_realtime set table y",
        "drop publication supabase_realtime; create publication supabase_realtime",
        "drop table x; create table x (id int)",
        "alter publication another add table x; drop table public.x",
      })
  void aTableThatIsTakenOutAgainIsTold(String sql) {
    migration("create table x (id int); alter publication supabase_realtime add table x, y;");
    migration(sql);
    listen("x");

    assertThat(only(TABLE).message())
        .isEqualTo("pages listen to 1 table that no schema migration publishes: x");
  }

  @Test
  void manyNamesKeepTheReportShort() {
    var code = new StringBuilder();
    for (int i = 100; i < 140; i++) {
      code.append("supabase.storage.from('b").append(i).append("').list();\n");
    }
    code(code.toString());

    assertThat(only(BUCKET).message()).contains("40 buckets", "b104 and 35 more");
    assertThat(only(BUCKET).hint()).contains("'b119'").doesNotContain("'b120'").contains("20 more");
  }

  private void listen(String table) {
    code(
        "supabase.channel('a').on('postgres_changes', { event: '*', schema: 'public', table: '"
            + table
            + "' }, f).subscribe();");
  }

  private void code(String text) {
    tree.file("src/App.tsx", text);
  }

  private void migration(String sql) {
    tree.file("supabase/migrations/202601010000%02d_m.sql".formatted(++number), sql);
  }

  private Finding only(String code) {
    var found = tree.inspection().findings().stream().filter(f -> f.code().equals(code)).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private List<String> codes() {
    return tree.inspection().findings().stream().map(Finding::code).toList();
  }
}
