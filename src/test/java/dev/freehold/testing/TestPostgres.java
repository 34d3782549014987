package dev.freehold.testing;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.OsUser;
import dev.freehold.os.Running;
import dev.freehold.postgres.Database;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// One real PostgreSQL for a whole test run, from the binaries the product itself uses; each test
/// class makes a database of its own. Superuser `supabase_admin`, trust authentication on loopback.
public final class TestPostgres {
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
  private static final String ROLES = "/dev/freehold/backend/supabase/roles.sql";
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private TestPostgres() {}

  /// A new, empty database, entered as the superuser.
  public static Database create() {
    var server = Server.ONLY;
    var name = "t" + NUMBER.incrementAndGet();
    execute(server.admin, "create database " + name);
    return server.admin.named(name);
  }

  /// Runs SQL as given.
  public static void execute(Database database, String sql) {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What a query answers in its first column.
  public static List<String> column(Database database, String sql) {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var found = new ArrayList<String>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// From now on the server bounds what a replication slot holds back, as a cluster of ours does.
  public static void bounded() {
    keepForSlots("1GB");
  }

  /// As PostgreSQL is without such a setting.
  public static void unbounded() {
    keepForSlots("-1");
  }

  private static void keepForSlots(String size) {
    execute(Server.ONLY.admin, "alter system set max_slot_wal_keep_size = '" + size + "'");
    execute(Server.ONLY.admin, "select pg_reload_conf()");
    sleepBriefly();
  }

  private static void sleepBriefly() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Server {
    static final Server ONLY = new Server();
    final Database admin;

    private Server() {
      try {
        var home = Files.createTempDirectory("freehold-test-postgres");
        var user = OsUser.ensure("freehold-postgres");
        unpack(home.resolve("engine"));
        var data = home.resolve("data");
        Files.createDirectory(data);
        DurableFiles.giveTo(user, home);
        int port = freePort();
        var bin = home.resolve("engine/bin");
        var made =
            Commands.run(
                Command.of(
                        bin.resolve("initdb").toString(),
                        "--pgdata=" + data,
                        "--username=supabase_admin",
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--no-sync")
                    .as(user)
                    .in(home));
        if (!made.ok()) {
          throw new IllegalStateException(made.lastWords());
        }
        var running =
            Commands.start(
                Command.of(
                        bin.resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-p",
                        "" + port,
                        "-k",
                        home.toString(),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "fsync=off",
                        "-c",
                        "wal_level=logical",
                        "-c",
                        // Every database of a test that listens to changes keeps a slot.
                        "max_replication_slots=100",
                        "-c",
                        "max_wal_senders=100",
                        "-c",
                        "max_connections=200")
                    .as(user)
                    .in(home),
                line -> {});
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(running, home)));
        admin = new Database("127.0.0.1", port, "postgres", "supabase_admin", "");
        awaitReady();
        execute(admin, roles());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /// Roles belong to the whole server: made once, as the product makes them, whichever test is
    /// first.
    private static String roles() throws IOException {
      try (var sql = TestPostgres.class.getResourceAsStream(ROLES)) {
        return new String(sql.readAllBytes(), StandardCharsets.UTF_8);
      }
    }

    private void awaitReady() {
      for (int attempt = 0; ; attempt++) {
        try (var connection = DriverManager.getConnection(admin.jdbcUrl(), admin.properties())) {
          connection.isValid(1);
          return;
        } catch (SQLException e) {
          if (attempt == 200) {
            throw new IllegalStateException(e);
          }
          sleep();
        }
      }
    }

    private static void sleep() {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void end(Running running, Path home) {
      running.stop(Duration.ofSeconds(5));
      DurableFiles.deleteTree(home);
    }

    private static int freePort() throws IOException {
      try (var socket = new ServerSocket(0)) {
        return socket.getLocalPort();
      }
    }

    private static void unpack(Path target) throws IOException {
      try (var raw = TestPostgres.class.getResourceAsStream(ARCHIVE);
          var tar = new TarArchiveInputStream(new XZCompressorInputStream(raw))) {
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
          var file = target.resolve(entry.getName()).normalize();
          if (entry.isDirectory()) {
            Files.createDirectories(file);
          } else if (entry.isSymbolicLink()) {
            Files.createDirectories(file.getParent());
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
          } else {
            Files.createDirectories(file.getParent());
            Files.copy(tar, file);
            if ((entry.getMode() & 0100) != 0) {
              file.toFile().setExecutable(true, false);
            }
          }
        }
      }
    }
  }
}
