package dev.freehold.backend.supabase.realtime;

import static dev.freehold.backend.supabase.realtime.RealtimeFixture.ALICE;
import static dev.freehold.backend.supabase.realtime.RealtimeFixture.BOB;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.RawHttp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Phoenix, broadcast, presence and private channels on the wire (reference 7.1 to 7.4).
class ChannelsTest {
  private static final String SCHEMA =
      """
      create policy "members read" on realtime.messages for select to authenticated
        using (realtime.topic() = 'club' and extension in ('broadcast', 'presence'));
      create policy "alice writes" on realtime.messages for insert to authenticated
        with check (realtime.topic() = 'club' and auth.uid() = '%s');
      create table orders (id int primary key, state text);
      create function tell() returns trigger language plpgsql security definer as $$
      begin
        perform realtime.broadcast_changes('club', tg_op, tg_op, tg_table_name, tg_table_schema,
          new, old);
        return null;
      end $$;
      create trigger tell after insert or update on orders for each row execute function tell();
      """
          .formatted(ALICE);

  private static RealtimeFixture server;

  @BeforeAll
  static void start() {
    server = RealtimeFixture.with(SCHEMA);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static final String PLAIN = "{\"config\":{}}";

  private static String config(String inner) {
    return "{\"config\":{" + inner + "}}";
  }

  private static String as(String user, String inner) {
    return "{\"config\":{" + inner + "},\"access_token\":\"" + server.token(user) + "\"}";
  }

  private static void ok(RawSocket socket) {
    assertThat(socket.next("phx_reply").path("status").asString()).isEqualTo("ok");
  }

  private static String reason(RawSocket socket) {
    var reply = socket.next("phx_reply");
    assertThat(reply.path("status").asString()).isEqualTo("error");
    return reply.path("response").path("reason").asString();
  }

  @Test
  void framesAreThoseOfPhoenix() {
    try (var socket = server.connect()) {
      socket.text("[null,\"7\",\"phoenix\",\"heartbeat\",{}]");
      assertThat(socket.next())
          .isEqualTo("[null,\"7\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
      socket.text("[\"1\",\"1\",\"realtime:room\",\"phx_join\"," + PLAIN + "]");
      assertThat(socket.next())
          .isEqualTo(
              "[\"1\",\"1\",\"realtime:room\",\"phx_reply\",{\"status\":\"ok\",\"response\":"
                  + "{\"postgres_changes\":[]}}]");
      socket.text("[\"1\",\"2\",\"realtime:other\",\"broadcast\",{}]");
      assertThat(socket.next())
          .isEqualTo(
              "[\"1\",\"2\",\"realtime:other\",\"phx_reply\",{\"status\":\"error\",\"response\":"
                  + "{\"reason\":\"unmatched topic\"}}]");
      // Joining again closes the channel before.
      socket.text("[\"3\",\"3\",\"realtime:room\",\"phx_join\"," + PLAIN + "]");
      assertThat(socket.next()).isEqualTo("[\"1\",\"1\",\"realtime:room\",\"phx_close\",{}]");
      assertThat(socket.next()).startsWith("[\"3\",\"3\",\"realtime:room\",\"phx_reply\"");
      socket.text("[\"3\",\"4\",\"realtime:room\",\"phx_leave\",{}]");
      assertThat(socket.next())
          .isEqualTo(
              "[\"3\",\"4\",\"realtime:room\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
      assertThat(socket.next()).isEqualTo("[\"3\",\"3\",\"realtime:room\",\"phx_close\",{}]");
      socket.text("[\"4\",\"5\",\"realtime:\",\"phx_join\",{}]");
      assertThat(reason(socket)).isEqualTo("TopicNameRequired: You must provide a topic name");
      socket.text("{\"no\":\"array\"}");
      assertThat(socket.next()).startsWith("closed 1007");
    }
  }

  @Test
  void theOlderProtocolHasObjects() {
    try (var socket = server.connectOld()) {
      socket.text("{\"topic\":\"phoenix\",\"event\":\"heartbeat\",\"payload\":{},\"ref\":\"9\"}");
      assertThat(socket.next())
          .isEqualTo(
              "{\"topic\":\"phoenix\",\"event\":\"phx_reply\",\"payload\":"
                  + "{\"status\":\"ok\",\"response\":{}},\"ref\":\"9\"}");
    }
  }

  /// Kind 3 of the protocol's version 2.
  private static byte[] userBroadcast(
      String joinRef, String name, String event, boolean json, String payload) {
    var topic = "realtime:" + name;
    var out = ByteBuffer.allocate(512);
    out.put((byte) 3).put((byte) joinRef.length()).put((byte) 1).put((byte) topic.length());
    out.put((byte) event.length()).put((byte) 0).put((byte) (json ? 1 : 0));
    out.put(joinRef.getBytes(UTF_8)).put((byte) '8').put(topic.getBytes(UTF_8));
    out.put(event.getBytes(UTF_8)).put(payload.getBytes(UTF_8));
    var bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static String userBroadcastTo(
      String name, String event, String meta, boolean json, String payload) {
    var topic = "realtime:" + name;
    var head =
        new byte[] {
          4,
          (byte) topic.length(),
          (byte) event.length(),
          (byte) meta.length(),
          (byte) (json ? 1 : 0)
        };
    var hex = HexFormat.of();
    return "0x"
        + hex.formatHex(head)
        + hex.formatHex((topic + event + meta + payload).getBytes(UTF_8));
  }

  @Test
  void broadcastsReachTheOthersInTheirOwnVersion() {
    try (var sender = server.connect();
        var other = server.connect();
        var old = server.connectOld()) {
      var ref = sender.join("chat", config("\"broadcast\":{\"ack\":true,\"self\":false}"));
      ok(sender);
      other.join("chat", PLAIN);
      ok(other);
      old.text(
          "{\"topic\":\"realtime:chat\",\"event\":\"phx_join\",\"ref\":\"1\",\"payload\":"
              + PLAIN
              + "}");
      old.next();

      sender.binary(userBroadcast(ref, "chat", "hi", true, "{\"a\":1}"));
      assertThat(sender.next())
          .isEqualTo(
              "[\"1\",\"8\",\"realtime:chat\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
      assertThat(other.next()).isEqualTo(userBroadcastTo("chat", "hi", "", true, "{\"a\":1}"));
      assertThat(old.next())
          .isEqualTo(
              "{\"topic\":\"realtime:chat\",\"event\":\"broadcast\",\"payload\":{\"payload\":"
                  + "{\"a\":1},\"event\":\"hi\",\"type\":\"broadcast\"},\"ref\":null}");

      // Bytes cannot be told in the older version; broken JSON is told to nobody who would trip.
      sender.binary(userBroadcast(ref, "chat", "raw", false, "bytes"));
      assertThat(other.next()).isEqualTo(userBroadcastTo("chat", "raw", "", false, "bytes"));
      sender.binary(userBroadcast(ref, "chat", "bad", true, "1},\"x\":{"));
      assertThat(other.next()).isEqualTo(userBroadcastTo("chat", "bad", "", true, "1},\"x\":{"));
      assertThat(old.isSilent()).isTrue();

      old.text(
          "{\"topic\":\"realtime:chat\",\"event\":\"broadcast\",\"ref\":\"2\",\"payload\":"
              + "{\"type\":\"broadcast\",\"event\":\"hi\",\"payload\":{\"b\":2}}}");
      assertThat(other.next())
          .isEqualTo(
              "[null,null,\"realtime:chat\",\"broadcast\",{\"type\":\"broadcast\",\"event\":\"hi\","
                  + "\"payload\":{\"b\":2}}]");
      assertThat(old.isSilent()).isTrue();
    }
  }

  @Test
  void whoWantsItsOwnBroadcastsHearsThem() {
    try (var socket = server.connect()) {
      var ref = socket.join("self", config("\"broadcast\":{\"self\":\"true\"}"));
      ok(socket);
      socket.binary(userBroadcast(ref, "self", "e", true, "{}"));
      assertThat(socket.next()).isEqualTo(userBroadcastTo("self", "e", "", true, "{}"));
    }
  }

  @Test
  void presenceTellsStateThenDifferences() {
    try (var alice = server.connect();
        var bob = server.connect()) {
      var a = alice.join("here", config("\"presence\":{\"key\":\"alice\",\"enabled\":true}"));
      ok(alice);
      assertThat(alice.next("presence_state").toString()).isEqualTo("{}");
      alice.push(
          a,
          "here",
          "presence",
          "{\"type\":\"presence\",\"event\":\"track\",\"payload\":{\"n\":1}}");
      ok(alice);
      var joined = alice.next("presence_diff");
      assertThat(joined.path("leaves").toString()).isEqualTo("{}");
      var meta = joined.path("joins").path("alice").path("metas").get(0);
      assertThat(meta.path("n").asInt()).isEqualTo(1);
      var firstRef = meta.path("phx_ref").asString();
      assertThat(firstRef).isNotEmpty();

      var b = bob.join("here", config("\"presence\":{\"key\":\"bob\",\"enabled\":true}"));
      ok(bob);
      assertThat(bob.next("presence_state").path("alice").path("metas").get(0).path("n").asInt())
          .isEqualTo(1);
      alice.push(
          a,
          "here",
          "presence",
          "{\"type\":\"presence\",\"event\":\"track\",\"payload\":{\"n\":2}}");
      var changed = bob.next("presence_diff");
      assertThat(
              changed
                  .path("joins")
                  .path("alice")
                  .path("metas")
                  .get(0)
                  .path("phx_ref_prev")
                  .asString())
          .isEqualTo(firstRef);
      assertThat(changed.path("leaves").path("alice").path("metas").get(0).path("n").asInt())
          .isEqualTo(1);
      bob.push(b, "here", "presence", "{\"type\":\"presence\",\"event\":\"track\",\"payload\":5}");
      assertThat(reason(bob)).isEqualTo("Presence track payload must be a map");
      alice.abort();
      assertThat(bob.next("presence_diff").path("leaves").has("alice")).isTrue();
    }
  }

  @Test
  void privateChannelsAskThePolicies() {
    try (var alice = server.connect();
        var bob = server.connect();
        var anonymous = server.connect()) {
      anonymous.join("club", config("\"private\":true"));
      assertThat(reason(anonymous))
          .isEqualTo(
              "Unauthorized: You do not have permissions to read from this Channel topic: club");
      anonymous.join("club", PLAIN);
      ok(anonymous);
      var a = alice.join("club", as(ALICE, "\"private\":true,\"broadcast\":{\"ack\":true}"));
      ok(alice);
      var b = bob.join("club", as(BOB, "\"private\":true,\"broadcast\":{\"ack\":true}"));
      ok(bob);

      bob.binary(userBroadcast(b, "club", "no", true, "{}"));
      assertThat(bob.isSilent()).isTrue();
      assertThat(alice.isSilent()).isTrue();
      alice.binary(userBroadcast(a, "club", "yes", true, "{}"));
      assertThat(bob.next()).isEqualTo(userBroadcastTo("club", "yes", "", true, "{}"));
      ok(alice);
      // The public channel of that name is another one.
      assertThat(anonymous.isSilent()).isTrue();

      bob.join("elsewhere", as(BOB, "\"private\":true"));
      assertThat(reason(bob)).startsWith("Unauthorized: ");
    }
  }

  @Test
  void theDatabaseBroadcastsAndReplays() {
    try (var alice = server.connect();
        var late = server.connect()) {
      alice.join("club", as(ALICE, "\"private\":true,\"broadcast\":{\"replication_ready\":true}"));
      ok(alice);
      assertThat(alice.next("system").path("message").asString())
          .isEqualTo("Replication connection established");
      long before = System.currentTimeMillis() - 1_000;
      server.sql("insert into orders values (1, 'new')");
      var frame = alice.next();
      assertThat(frame).startsWith("0x04");
      var text = new String(HexFormat.of().parseHex(frame.substring(2)), UTF_8);
      assertThat(text)
          .contains("realtime:clubINSERT{\"id\":")
          .contains("\"table\": \"orders\"")
          .contains("\"record\": {\"id\": 1, \"state\": \"new\"}")
          .contains("\"old_record\": null");

      late.join(
          "club",
          as(
              BOB,
              "\"private\":true,\"broadcast\":{\"replay\":{\"since\":"
                  + before
                  + ",\"limit\":5}}"));
      ok(late);
      var again = new String(HexFormat.of().parseHex(late.next().substring(2)), UTF_8);
      assertThat(again).contains("\"replayed\":true").contains("\"table\": \"orders\"");
      assertThat(late.isSilent()).isTrue();
      server.sql("select realtime.send('{\"x\": 1}', 'direct', 'club', true)");
      assertThat(late.next()).startsWith("0x04");
      server.sql("select realtime.send_binary('\\xcafe', 'bytes', 'club', true)");
      assertThat(late.next()).endsWith("cafe");
    }
    try (var socket = server.connect()) {
      socket.join("open", config("\"broadcast\":{\"replay\":{\"since\":0}}"));
      assertThat(reason(socket))
          .isEqualTo("UnableToReplayMessages: Replay is not allowed for public channels");
    }
  }

  @Test
  void tokensAreCheckedAndExpire() {
    try (var socket = server.connect()) {
      socket.join("t", "{\"config\":{},\"access_token\":\"abc\"}");
      assertThat(reason(socket)).isEqualTo("MalformedJWT: The token provided is not a valid JWT");
      socket.join(
          "t",
          "{\"config\":{},\"access_token\":\""
              + server.token(ALICE, Duration.ofMinutes(-9))
              + "\"}");
      assertThat(reason(socket))
          .matches("InvalidJWTToken: Token has expired 5[34][0-9] seconds ago");
      socket.join("t", "{\"config\":{},\"access_token\":\"sb_publishable_x\"}");
      ok(socket);
      var ref =
          socket.join(
              "s",
              "{\"config\":{},\"access_token\":\""
                  + server.token(ALICE, Duration.ofSeconds(2))
                  + "\"}");
      ok(socket);
      var system = socket.next("system");
      assertThat(system.path("message").asString()).isEqualTo("Token has expired 0 seconds ago");
      assertThat(system.path("status").asString()).isEqualTo("error");
      assertThat(socket.next())
          .contains("\"realtime:s\",\"phx_close\"")
          .contains("\"" + ref + "\"");
    }
    try {
      RawSocket.open(server.port(), "nonsense", "2.0.0").close();
      throw new AssertionError("a socket without a token was opened");
    } catch (CompletionException refused) {
      assertThat(refused).hasStackTraceContaining("401");
    }
  }

  @Test
  void messagesThatWouldTakeFarMoreMemoryThanTheirBytesAreRefused() {
    var lists = "[" + "[],".repeat(200_000) + "[]]";
    var batch =
        "{\"messages\":[{\"topic\":\"a\",\"event\":\"e\",\"payload\":{\"x\":" + lists + "}}]}";
    assertThat(post("/api/broadcast", "application/json", server.anon(), batch).status())
        .isEqualTo(400);
    assertThat(post("/api/broadcast/a/events/e", "application/json", server.anon(), lists).status())
        .isEqualTo(400);
    var large = "{\"messages\":\"" + "x".repeat(8_000_000) + "\"}";
    assertThat(post("/api/broadcast", "application/json", server.anon(), large).status())
        .isEqualTo(413);
    try (var socket = server.connect()) {
      var ref = socket.join("news", PLAIN);
      ok(socket);
      socket.push(ref, "news", "broadcast", "{\"type\":\"broadcast\",\"x\":" + lists + "}");
      assertThat(socket.next()).contains("not a message of the Phoenix protocol");
    }
  }

  @Test
  void requestsBroadcastToo() {
    try (var socket = server.connect();
        var member = server.connect()) {
      socket.join("news", PLAIN);
      ok(socket);
      member.join("club", as(BOB, "\"private\":true"));
      ok(member);
      assertThat(
              post(
                      "/api/broadcast",
                      "application/json",
                      server.anon(),
                      "{\"messages\":[{\"topic\":\"news\",\"event\":\"e\",\"payload\":{\"n\":1}},"
                          + "{\"topic\":\"club\",\"event\":\"e\",\"payload\":{},\"private\":true}]}")
                  .status())
          .isEqualTo(202);
      assertThat(socket.next())
          .isEqualTo(
              "[null,null,\"realtime:news\",\"broadcast\",{\"event\":\"e\",\"payload\":{\"n\":1},"
                  + "\"type\":\"broadcast\"}]");
      assertThat(
              post("/api/broadcast/news/events/one%20e", "application/json", server.anon(), "[1]")
                  .status())
          .isEqualTo(202);
      assertThat(socket.next()).isEqualTo(userBroadcastTo("news", "one e", "", true, "[1]"));
      post("/api/broadcast/news/events/b", "application/octet-stream", server.anon(), "zz");
      assertThat(socket.next()).isEqualTo(userBroadcastTo("news", "b", "", false, "zz"));

      assertThat(
              post(
                      "/api/broadcast/club/events/p?private=true",
                      "application/json",
                      server.anon(),
                      "{}")
                  .status())
          .isEqualTo(403);
      assertThat(member.isSilent()).isTrue();
      assertThat(
              post(
                      "/api/broadcast/club/events/p?private=true",
                      "application/json",
                      server.token(ALICE),
                      "{}")
                  .status())
          .isEqualTo(202);
      assertThat(member.next()).isEqualTo(userBroadcastTo("club", "p", "", true, "{}"));

      var unfit =
          post(
              "/api/broadcast",
              "application/json",
              server.anon(),
              "{\"messages\":[{\"topic\":\"x\"}]}");
      assertThat(unfit.status()).isEqualTo(422);
      assertThat(unfit.text())
          .isEqualTo(
              "{\"errors\":{\"messages\":[{\"event\":[\"can't be blank\"],"
                  + "\"payload\":[\"can't be blank\"]}]}}");
      assertThat(post("/api/broadcast/x/events/y", "text/plain", server.anon(), "x").status())
          .isEqualTo(415);
      assertThat(post("/api/broadcast", "application/json", "no", "{}").status()).isEqualTo(401);
    }
  }

  private static RawHttp.Answer post(String path, String type, String token, String body) {
    return RawHttp.exchange(
        server.port(),
        "POST %s HTTP/1.1\nHost: x\nAuthorization: Bearer %s\nContent-Type: %s\nContent-Length: %d\n\n%s"
            .formatted(path, token, type, body.length(), body));
  }
}
