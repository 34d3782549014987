package dev.freehold.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.Database.Tls;
import dev.freehold.postgres.PostgresException;
import dev.freehold.testing.TempFolder;
import dev.freehold.testing.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every way a server may ask who we are, each for a role of its own; encrypted and not.
class LoginTest {
  private static final String WORD = "correct horse Ünïcode '\\ battery";

  private static Database admin;
  private static String rules = "";
  private static Path rulesFile = Path.of("");

  @BeforeAll
  static void askForPasswords() throws Exception {
    admin = TestPostgres.create();
    rulesFile = Path.of(shown("hba_file"));
    rules = Files.readString(rulesFile);
    var own = new StringBuilder();
    for (var method : List.of("scram-sha-256", "md5", "password")) {
      own.append("host all \"by ").append(method).append("\" 127.0.0.1/32 ").append(method);
      own.append('\n');
    }
    own.append("host all unwanted 127.0.0.1/32 reject\n");
    own.append("hostssl all only_tls 127.0.0.1/32 trust\nhost all only_tls 127.0.0.1/32 reject\n");
    Files.writeString(rulesFile, own + rules);
    for (var method : List.of("scram-sha-256", "md5", "password")) {
      var kept = method.equals("md5") ? "md5" : "scram-sha-256";
      TestPostgres.execute(
          admin,
          "set password_encryption = '%s'; create role \"by %s\" login password '%s'"
              .formatted(kept, method, WORD.replace("'", "''")));
    }
    TestPostgres.execute(admin, "create role unwanted login; create role only_tls login");
    TestPostgres.execute(admin, "select pg_reload_conf()");
  }

  @AfterAll
  static void askNoMore() throws Exception {
    Files.writeString(rulesFile, rules);
    TestPostgres.execute(admin, "select pg_reload_conf()");
  }

  private static String shown(String setting) {
    return enter(admin, "show " + setting);
  }

  private static String enter(Database database, String sql) {
    try (var lanes = Lanes.open(database, new LaneLimits(3, Duration.ofSeconds(5)))) {
      var batch = new Batch(List.of(Query.of(sql)), 0, Batch.Kind.WRITE);
      return String.valueOf(lanes.run(batch).row(0).text(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scram-sha-256", "md5", "password"})
  void thePasswordIsGivenAsTheServerAsks(String method) {
    var role = "by " + method;
    assertThat(enter(admin.as(role, WORD), "select current_user::text")).isEqualTo(role);
    assertThatThrownBy(() -> enter(admin.as(role, "wrong"), "select 1"))
        .isInstanceOf(PostgresException.class)
        .hasMessageContaining("password authentication failed");
  }

  @Test
  void whoIsRefusedIsToldWhy() {
    assertThatThrownBy(() -> enter(admin.as("unwanted", ""), "select 1"))
        .hasMessageStartingWith("28000");
    assertThatThrownBy(() -> enter(admin.named("no_such_database"), "select 1"))
        .hasMessage("3D000: database \"no_such_database\" does not exist");
  }

  @Test
  void theSocketOfAServerIsAFolder() {
    var folder = shown("unix_socket_directories");
    var here = new Database(folder, admin.port(), admin.name(), admin.user(), "");
    assertThat(enter(here, "select coalesce(inet_client_addr()::text, 'a socket')"))
        .isEqualTo("a socket");
  }

  @Test
  void tlsIsUsedWhereItIsWanted() throws Exception {
    var used = "select (select ssl from pg_stat_ssl where pid = pg_backend_pid())::text";
    assertThat(enter(with(Tls.PREFER), used)).isEqualTo("false");
    assertThatThrownBy(() -> enter(with(Tls.REQUIRE), used))
        .hasMessageContaining("does not support TLS");
    serveTls(TempFolder.create("freehold-tls"));
    try {
      assertThat(enter(with(Tls.DISABLE), used)).isEqualTo("false");
      assertThat(enter(with(Tls.PREFER), used)).isEqualTo("true");
      assertThat(enter(with(Tls.REQUIRE), used)).isEqualTo("true");
      assertThat(enter(with(Tls.REQUIRE).as("only_tls", ""), used)).isEqualTo("true");
      assertThatThrownBy(() -> enter(with(Tls.VERIFY_CA), used))
          .hasMessageContaining("certification path");
      assertThatThrownBy(() -> enter(with(Tls.VERIFY_FULL), used))
          .hasMessageContaining("certification path");
    } finally {
      TestPostgres.execute(admin, "alter system reset ssl");
      TestPostgres.execute(admin, "select pg_reload_conf()");
      awaitTls("off");
    }
  }

  private static Database with(Tls tls) {
    return new Database(admin.host(), admin.port(), admin.name(), admin.user(), "", tls);
  }

  /// Gives the server a certificate that nobody vouches for.
  private static void serveTls(Path folder) throws Exception {
    var store = folder.resolve("store.p12");
    var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made =
        new ProcessBuilder(
                tool,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                "server",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    made.getInputStream().readAllBytes();
    assertThat(made.waitFor()).isZero();
    var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    var data = Path.of(shown("data_directory"));
    var key = keys.getKey("server", "changeit".toCharArray()).getEncoded();
    write(data.resolve("server.key"), "PRIVATE KEY", key);
    write(data.resolve("server.crt"), "CERTIFICATE", keys.getCertificate("server").getEncoded());
    TestPostgres.execute(admin, "alter system set ssl = on");
    TestPostgres.execute(admin, "select pg_reload_conf()");
    awaitTls("on");
  }

  private static void write(Path file, String what, byte[] content) throws Exception {
    var text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.UTF_8));
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(what, text.encodeToString(content), what));
    var owner = Files.getOwner(file.getParent());
    Files.setOwner(file, owner);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static void awaitTls(String wanted) throws InterruptedException {
    for (int attempt = 0; attempt < 100; attempt++) {
      if (enter(with(Tls.PREFER), "show ssl").equals(wanted)) {
        return;
      }
      Thread.sleep(50);
    }
    throw new IllegalStateException("TLS did not turn " + wanted);
  }
}
