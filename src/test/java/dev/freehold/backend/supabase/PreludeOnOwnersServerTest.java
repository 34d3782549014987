package dev.freehold.backend.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.cluster.Cluster;
import dev.freehold.cluster.TestEngine;
import dev.freehold.os.DurableFiles;
import dev.freehold.postgres.Database;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A server that asks for passwords, and whose superuser `postgres` was there before us.
class PreludeOnOwnersServerTest {
  private static final RolePasswords PASSWORDS = new RolePasswords("p1", "p2", "p3", "p4", "p5");
  private static Path folder;
  private static Cluster cluster;
  private static Database owners;

  @BeforeAll
  static void prepare() throws Exception {
    folder = Files.createTempDirectory("freehold-owners-server");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    cluster =
        Cluster.at(folder.resolve("c"), TestEngine.unpacked(folder), "admins", Events.NONE)
            .create()
            .start();
    TestPostgres.execute(
        cluster.database(), "create role postgres superuser login password 'owners'");
    owners = cluster.database().as("postgres", "owners");
    Prelude.apply(owners, PASSWORDS);
  }

  @AfterAll
  static void clean() {
    cluster.destroy();
    DurableFiles.deleteTree(folder);
  }

  @Test
  void theOwnersSuperuserKeepsItsPassword() {
    assertThatCode(() -> Prelude.apply(owners, PASSWORDS)).doesNotThrowAnyException();
    assertThat(Prelude.owner(owners, PASSWORDS)).isEqualTo(owners);
    assertThatThrownBy(() -> select(owners.as("postgres", "p1")))
        .hasRootCauseMessage("FATAL: password authentication failed for user \"postgres\"");
  }

  @Test
  void theRolesOfTheServersEnterWithTheirPasswords() {
    select(owners.as("authenticator", "p2"));
    select(owners.as("supabase_auth_admin", "p3"));
    select(owners.as("supabase_storage_admin", "p4"));
    select(owners.as("supabase_replication_admin", "p5"));
    assertThatThrownBy(() -> select(owners.as("authenticator", "wrong")))
        .hasRootCauseMessage("FATAL: password authentication failed for user \"authenticator\"");
  }

  private static void select(Database database) {
    TestPostgres.execute(database, "select 1");
  }
}
