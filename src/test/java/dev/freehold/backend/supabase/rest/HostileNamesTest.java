package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.TestPostgres;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Names and values made of every character that means something to SQL, JDBC or the query string
/// reach PostgreSQL as what they are.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileNamesTest {
  private static final String[] PIECES = {
    "\"",
    "'",
    ";",
    "--",
    "/*",
    "*/",
    "?",
    "??",
    "$1",
    "$$",
    "\\",
    "\\'",
    "(",
    ")",
    ",",
    ".",
    ":",
    "::",
    "%",
    "&",
    "=",
    "+",
    " ",
    "{",
    "}",
    "[",
    "]",
    "\n",
    "\t",
    "é",
    "漢",
    "😀",
    "->",
    "->>",
    "!",
    "drop table victims",
    "select",
    "null",
    "E'",
    "\u0001",
    "#",
    "a",
    "Z",
    "0",
    "_"
  };

  /// A fixed seed, so that a failure can be had again.
  private final Random random = new Random(20_261_121);

  private RestFixture fixture;

  @BeforeAll
  void open() {
    fixture = new RestFixture(RestFixture.SETTINGS);
    TestPostgres.execute(
        fixture.database,
        """
        create table public.victims (id int primary key, word text, data jsonb);
        grant all on public.victims to anon;
        """);
    fixture.server.reload();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Test
  void valuesArriveAsTheyAre() {
    for (int i = 0; i < 150; i++) {
      var word = word();
      var made =
          fixture.send(
              "POST",
              "/victims",
              "{\"id\":" + i + ",\"word\":" + Json.quote(word) + ",\"data\":{}}");
      assertThat(made.status()).as(word).isEqualTo(201);
      var expected = "[{\"id\":" + i + "}]";
      var id = "/victims?select=id&id=eq." + i;
      assertThat(body(id + "&word=eq." + encoded(word))).as(word).isEqualTo(expected);
      assertThat(body(id + "&word=in.(" + encoded(quoted(word)) + ",zz)"))
          .as(word)
          .isEqualTo(expected);
      assertThat(body(id + "&or=(word.eq." + encoded(quoted(word)) + ",id.lt.0)"))
          .as(word)
          .isEqualTo(expected);
    }
  }

  @Test
  void namesAreNamesAndNeverSql() {
    for (int i = 0; i < 80; i++) {
      var name = encoded(quoted(word()));
      for (var target :
          new String[] {
            "/victims?select=" + name,
            "/victims?select=id,x:data->" + name,
            "/victims?select=data->>" + name,
            "/victims?select=" + name + "(id)",
            "/victims?order=" + name,
            "/victims?" + name + "=eq.1",
            "/victims?select=id::" + name,
            "/victims?select=" + name + ":id," + name + ":data->" + name,
            "/victims?select=id.count()," + name + ":id.max()",
            "/victims?select=x:victims!" + name + "(id)",
            "/victims?select=..." + name + "(" + name + ")",
            "/victims?order=data->" + name + "," + name + "(id)",
            "/victims?" + name + ".order=id",
            "/victims?" + name + "." + name + "=is.null",
            "/victims?or=(" + name + ".eq.1,data->>" + name + ".is.null)",
            "/victims?word=fts(" + name + ").x",
            "/victims?on_conflict=" + name,
            "/victims?columns=" + name,
            "/rpc/" + name,
            "/" + name
          }) {
        var answer = fixture.get(target);
        assertThat(answer.status()).as(target).isIn(200, 400, 404);
        assertThat(RestFixture.text(answer)).as(target).doesNotContain("42601");
      }
    }
    assertThat(fixture.get("/victims?limit=0").status()).isEqualTo(200);
  }

  @Test
  void aTableWithAHostileNameIsReadAndWritten() {
    var name = "a\"b'c;--?$1 (é)";
    var sql = "\"" + name.replace("\"", "\"\"") + "\"";
    TestPostgres.execute(
        fixture.database,
        "create table public.%1$s (%1$s int primary key, x text); grant all on public.%1$s to anon"
            .formatted(sql));
    fixture.server.reload();
    var path = "/" + encoded(name);
    var key = encoded(quoted(name));
    var made =
        fixture.send(
            "POST",
            path + "?select=" + key,
            "{" + Json.quote(name) + ":1,\"x\":\"y\"}",
            "Prefer",
            "return=representation");
    assertThat(RestFixture.text(made)).isEqualTo("[{" + Json.quote(name) + ":1}]");
    var changed =
        fixture.send(
            "PATCH",
            path + "?" + key + "=eq.1&select=x",
            "{\"x\":\"z\"}",
            "Prefer",
            "return=representation");
    assertThat(RestFixture.text(changed)).isEqualTo("[{\"x\":\"z\"}]");
    assertThat(fixture.send("DELETE", path + "?" + key + "=eq.1", "").status()).isEqualTo(204);
    assertThat(body(path)).isEqualTo("[]");
  }

  private String body(String target) {
    return RestFixture.text(fixture.get(target));
  }

  private String word() {
    var word = new StringBuilder();
    for (int i = random.nextInt(1, 7); i > 0; i--) {
      word.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return word.toString();
  }

  private static String quoted(String word) {
    return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String encoded(String word) {
    var text = new StringBuilder();
    QueryStrings.encode(text, word);
    return text.toString();
  }
}
