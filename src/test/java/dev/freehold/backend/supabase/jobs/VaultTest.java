package dev.freehold.backend.supabase.jobs;

import static dev.freehold.backend.supabase.jobs.JobsFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.VaultKey;
import dev.freehold.postgres.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The vault of a database, its key in a table and in a file.
class VaultTest {
  @TempDir Path folder = Path.of("");
  private Database database;
  private Database owner;

  @BeforeEach
  void prepare() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    database = JobsFixture.prepared();
    owner = database.as("postgres", "p1");
  }

  private Path key(String name) throws IOException {
    return Files.writeString(folder.resolve(name), VaultKey.generate());
  }

  @Test
  void secretsAreMadeChangedAndRead() {
    rows(owner, "select vault.create_secret('s3cret', 'key', 'about')");
    rows(owner, "select vault.create_secret('nameless')");
    rows(owner, "insert into vault.secrets (secret, name) values ('by insert', 'plain')");
    rows(owner, "update vault.secrets set secret = 'by update' where name = 'plain'");
    rows(
        owner,
        "select vault.update_secret(id, 's4cret', new_description := 'new') from vault.secrets"
            + " where name = 'key'");
    assertThat(
            rows(
                owner,
                "select name, description, decrypted_secret from vault.decrypted_secrets"
                    + " order by created_at"))
        .containsExactly("key|new|s4cret", "null||nameless", "plain||by update");
    assertThat(rows(database, "select secret from vault.secrets").toString())
        .doesNotContain("cret", "nameless", "update");
    assertThatThrownBy(() -> rows(owner, "select vault.create_secret('x', 'key')"))
        .hasMessageContaining("duplicate key");
  }

  @Test
  void theKeyMovesOutOfTheDatabaseAndTheSecretsWithIt() throws IOException {
    rows(owner, "select vault.create_secret('before', 'a')");
    var sealed = rows(database, "select secret from vault.secrets");
    var file = key("vault.key");
    VaultKey.keepIn(file, database);
    assertThat(rows(database, "select key from freehold.vault_key")).containsExactly("null");
    assertThat(rows(database, "select secret from vault.secrets")).isNotEqualTo(sealed);
    rows(owner, "select vault.create_secret('after', 'b')");
    VaultKey.keepIn(file, database);
    assertThat(rows(owner, "select decrypted_secret from vault.decrypted_secrets order by name"))
        .containsExactly("before", "after");

    var content = Files.readString(file);
    Files.writeString(file, VaultKey.generate());
    assertThat(rows(owner, "select name, decrypted_secret from vault.decrypted_secrets"))
        .containsExactlyInAnyOrder("a|null", "b|null");
    Files.delete(file);
    assertThatThrownBy(() -> rows(owner, "select vault.create_secret('x')"))
        .hasMessageContaining("the vault has no key");
    Files.writeString(file, content);
    assertThat(rows(owner, "select decrypted_secret from vault.decrypted_secrets order by name"))
        .containsExactly("before", "after");
  }

  @Test
  void aKeyThatIsNoneIsRefusedAndNothingChanges() throws IOException {
    rows(owner, "select vault.create_secret('kept', 'a')");
    var wrong = Files.writeString(folder.resolve("wrong.key"), "c2hvcnQ=");
    assertThatThrownBy(() -> VaultKey.keepIn(wrong, database))
        .hasMessageContaining("could not take over");
    assertThat(rows(owner, "select decrypted_secret from vault.decrypted_secrets"))
        .containsExactly("kept");
  }

  @Test
  void aSealedValueCannotBeMovedToAnotherRow() {
    rows(owner, "select vault.create_secret('worth', 'a'), vault.create_secret('none', 'b')");
    rows(
        database,
        """
        alter table vault.secrets disable trigger freehold_seal;
        update vault.secrets b set secret = a.secret, nonce = a.nonce
          from vault.secrets a where a.name = 'a' and b.name = 'b';
        alter table vault.secrets enable trigger freehold_seal
        """);
    assertThat(
            rows(owner, "select name, decrypted_secret from vault.decrypted_secrets order by name"))
        .containsExactly("a|worth", "b|null");
  }

  @Test
  void onlyTheOwnerAndTheServiceRoleRead() {
    rows(owner, "select vault.create_secret('s3cret', 'key')");
    assertThat(
            rows(
                owner,
                "set role service_role; select decrypted_secret from vault.decrypted_secrets"))
        .containsExactly("s3cret");
    for (var role : new String[] {"anon", "authenticated"}) {
      for (var sql :
          new String[] {
            "select * from vault.decrypted_secrets",
            "select vault.create_secret('x')",
            "select vault.freehold_open('x', null, null)"
          }) {
        assertThatThrownBy(() -> rows(owner, "set role " + role + "; " + sql))
            .as(role + " " + sql)
            .hasMessageContaining("permission denied");
      }
    }
    for (var sql :
        new String[] {
          "select freehold.vault_root()",
          "select * from freehold.vault_key",
          "select freehold.vault_unseal('', '', null, '')",
          "select freehold.vault_move('x', null)"
        }) {
      assertThatThrownBy(() -> rows(owner, sql)).as(sql).hasMessageContaining("permission denied");
    }
  }
}
