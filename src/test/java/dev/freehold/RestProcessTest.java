package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.postgres.Database;
import dev.freehold.testing.Freehold;
import dev.freehold.testing.TestPostgres;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./freehold rest CONFIG` as a process: it starts, answers, is told to read again, says whether
/// it is ready, and ends.
final class RestProcessTest {
  private static final int NONE = -1;

  @TempDir Path folder = Path.of("");

  private static Database database() {
    var database = TestPostgres.create();
    TestPostgres.execute(
        database,
        """
        create table things (id int);
        insert into things values (1), (2);
        do $$ begin
          if not exists (select from pg_roles where rolname = 'process_web') then
            create role process_web;
            create role process_enter login in role process_web;
          end if;
        end $$;
        grant all on things to process_web;
        """);
    return database;
  }

  private Path file(Database database, int port, int admin) throws Exception {
    var file = folder.resolve("rest.conf");
    Files.writeString(
        file,
        """
        db-uri = "postgresql://process_enter@%s:%d/%s"
        db-anon-role = "process_web"
        db-channel-enabled = false
        server-host = "127.0.0.1"
        server-port = %d
        admin-server-port = %d
        """
            .formatted(database.host(), database.port(), database.name(), port, admin));
    return file;
  }

  private static int freePort() throws Exception {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static int status(Freehold freehold, int port, String path) {
    try {
      return freehold.get("http://127.0.0.1:" + port, path).statusCode();
    } catch (java.io.UncheckedIOException e) {
      return NONE;
    }
  }

  private static void await(Freehold freehold, int port, String path, int status)
      throws InterruptedException {
    int seen = NONE;
    for (int i = 0; i < 600 && seen != status; i++) {
      Thread.sleep(50);
      seen = status(freehold, port, path);
    }
    assertThat(seen).as(path).isEqualTo(status);
  }

  private static void signal(Process process, String name) throws Exception {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  @Test
  void itServesReloadsAndEnds() throws Exception {
    try (var freehold = Freehold.fresh()) {
      var database = database();
      int port = freePort();
      int admin = freePort();
      var file = file(database, port, admin);
      assertThat(freehold.tryTo("rest", "--ready", file.toString()).exit()).isEqualTo(1);
      assertThat(freehold.run("rest", "--dump-config", file.toString()).out())
          .contains("server-port = " + port);

      var process = freehold.start("rest", file.toString());
      await(freehold, admin, "/ready", 200);
      assertThat(status(freehold, port, "/things")).isEqualTo(200);
      assertThat(freehold.run("rest", "--ready", file.toString()).out()).startsWith("OK: ");

      TestPostgres.execute(
          database, "create table others (id int); grant all on others to process_web");
      signal(process, "USR1");
      await(freehold, port, "/others", 200);

      Files.writeString(file, Files.readString(file) + "db-max-rows = 1\n");
      signal(process, "USR2");
      var uri = URI.create("http://127.0.0.1:" + port).toString();
      for (int i = 0; i < 100 && freehold.get(uri, "/things").body().contains("2"); i++) {
        Thread.sleep(50);
      }
      assertThat(freehold.get(uri, "/things").body()).isEqualTo("[{\"id\":1}]");

      var descendants = process.descendants().toList();
      signal(process, "TERM");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(descendants).noneMatch(ProcessHandle::isAlive);
      assertThat(status(freehold, port, "/things")).isEqualTo(NONE);
    }
  }

  @Test
  void aLoginThatIsRefusedAndAWrongSettingEndItWithOne() throws Exception {
    try (var freehold = Freehold.fresh()) {
      var file = file(database(), freePort(), freePort());
      Files.writeString(
          file, Files.readString(file).replace("process_enter@", "no_such_role_here@"));
      var refused = freehold.tryTo("rest", file.toString());
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err()).contains("(rest-database-unusable)", "no_such_role_here");
      Files.writeString(file, Files.readString(file) + "db-tx-end = \"never\"\n");
      var wrong = freehold.tryTo("rest", file.toString());
      assertThat(wrong.exit()).isEqualTo(1);
      assertThat(wrong.err()).contains("(rest-setting-invalid)", "db-tx-end");
    }
  }
}
