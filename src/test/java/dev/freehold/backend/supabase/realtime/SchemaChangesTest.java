package dev.freehold.backend.supabase.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.realtime.changes.ChangesEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What subscribers hear while a table becomes another one, of rows that are too large, and of
/// transactions that are.
class SchemaChangesTest {
  private static final RealtimeFixture server = RealtimeFixture.with("");
  private static final int MANY = 100_000;

  @AfterAll
  static void close() {
    server.close();
  }

  private static void table(String name, String columns) {
    server.sql(
        "create table %1$s (%2$s); grant all on %1$s to anon;".formatted(name, columns)
            + " alter publication supabase_realtime add table "
            + name);
  }

  private static RawSocket subscribed(String table) {
    var socket = server.connect();
    socket.join(
        "schema",
        "{\"config\":{\"postgres_changes\":[{\"event\":\"*\",\"schema\":\"public\",\"table\":\""
            + table
            + "\"}]}}");
    assertThat(socket.next("phx_reply").path("status").asString()).isEqualTo("ok");
    assertThat(socket.next("system").path("message").asString())
        .isEqualTo("Subscribed to PostgreSQL");
    return socket;
  }

  private static JsonNode data(RawSocket socket) {
    return socket.next("postgres_changes").path("data");
  }

  private static String record(RawSocket socket) {
    return data(socket).path("record").toString();
  }

  @Test
  void columnsComeAndGoWhileSomebodyListens() {
    table("shape", "id int primary key, a text");
    try (var socket = subscribed("shape")) {
      server.sql("insert into shape values (1, 'a')");
      assertThat(record(socket)).isEqualTo("{\"id\":1,\"a\":\"a\"}");
      server.sql("alter table shape add column b int default 7");
      server.sql("insert into shape values (2, 'a')");
      assertThat(record(socket)).isEqualTo("{\"id\":2,\"a\":\"a\",\"b\":7}");
      server.sql("alter table shape drop column a");
      server.sql("update shape set b = 8 where id = 2");
      assertThat(record(socket)).isEqualTo("{\"id\":2,\"b\":8}");
      server.sql("alter table shape rename column b to c");
      server.sql("alter table shape alter column c type text");
      server.sql("insert into shape values (3, 'text')");
      assertThat(record(socket)).isEqualTo("{\"id\":3,\"c\":\"text\"}");
      // Within one transaction, too.
      server.sql(
          "begin; insert into shape values (4, 'x'); alter table shape add column d int;"
              + " insert into shape values (5, 'y', 1); commit");
      assertThat(data(socket).path("record").path("id").asInt()).isEqualTo(4);
      assertThat(record(socket)).isEqualTo("{\"id\":5,\"c\":\"y\",\"d\":1}");
    }
  }

  @Test
  void aTableMadeAnewIsHeardOfAndARenamedOneUnderItsNewName() {
    table("first", "id int primary key");
    try (var socket = subscribed("first")) {
      server.sql("drop table first");
      table("first", "id int primary key, more text");
      server.sql("insert into first values (1, 'again')");
      assertThat(record(socket)).isEqualTo("{\"id\":1,\"more\":\"again\"}");
      server.sql("alter table first rename to second");
      server.sql("insert into second values (2, 'renamed')");
      assertThat(socket.isSilent()).isTrue();
      try (var other = subscribed("second")) {
        server.sql("insert into second values (3, 'heard')");
        assertThat(record(other)).isEqualTo("{\"id\":3,\"more\":\"heard\"}");
      }
    }
  }

  @Test
  void truncateIsSilentAndPublicationsAreFollowed() {
    table("emptied", "id int primary key");
    try (var socket = subscribed("emptied")) {
      server.sql("insert into emptied values (1)");
      assertThat(record(socket)).isEqualTo("{\"id\":1}");
      server.sql("truncate emptied");
      server.sql("alter publication supabase_realtime drop table emptied");
      server.sql("insert into emptied values (2)");
      server.sql("alter publication supabase_realtime add table emptied");
      server.sql("insert into emptied values (3)");
      assertThat(record(socket)).isEqualTo("{\"id\":3}");
      assertThat(socket.isSilent()).isTrue();
    }
  }

  @Test
  void rowsOverAMebibyteComeWithTheirSmallValues() {
    table("huge", "id int primary key, short text, long text");
    try (var socket = subscribed("huge")) {
      server.sql("insert into huge values (1, 's', repeat('x', 2000000))");
      var data = data(socket);
      assertThat(data.path("record").toString()).isEqualTo("{\"id\":1,\"short\":\"s\"}");
      assertThat(data.path("errors").toString()).isEqualTo("[\"Error 413: Payload Too Large\"]");
      server.sql("update huge set short = 't'");
      assertThat(data(socket).path("record").path("short").asString()).isEqualTo("t");
      // What nobody can put into one message harms no other row.
      server.sql("insert into huge values (2, 's', repeat('x', 30000000)), (3, 's', 'l')");
      assertThat(data(socket).path("record").path("id").asInt()).isEqualTo(2);
      assertThat(record(socket)).isEqualTo("{\"id\":3,\"short\":\"s\",\"long\":\"l\"}");
    }
  }

  @Test
  void aTransactionOfAHundredThousandRowsComesWholeAndInOrder() {
    table("many", "id int primary key, owner uuid default gen_random_uuid(), filling text");
    try (var socket = subscribed("many")) {
      server.sql(
          "insert into many (id, filling) select n, repeat('f', 100) from generate_series(1, "
              + MANY
              + ") n");
      for (int i = 1; i <= MANY; i++) {
        assertThat(data(socket).path("record").path("id").asInt()).isEqualTo(i);
      }
      assertThat(server.events).noneMatch(event -> event instanceof ChangesEvent.NotRouted);
    }
  }

  @Test
  void whoWaitsIsAnsweredWhenChangesCome() {
    table("waited", "id int primary key");
    try (var socket = server.connect()) {
      socket.join(
          "wait",
          "{\"config\":{\"postgres_changes_options\":{\"wait\":true},\"postgres_changes\":["
              + "{\"event\":\"*\",\"schema\":\"public\",\"table\":\"waited\"}]}}");
      var reply = socket.next("phx_reply");
      assertThat(reply.path("status").asString()).isEqualTo("ok");
      server.sql("insert into waited values (1)");
      var frame = socket.next();
      if (frame.contains("Subscribed to PostgreSQL")) {
        frame = socket.next();
      }
      assertThat(frame).contains("\"record\":{\"id\":1}");
    }
  }
}
