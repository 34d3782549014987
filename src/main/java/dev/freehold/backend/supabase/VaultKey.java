package dev.freehold.backend.supabase;

import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;

/// Tells a database where the key of its vault lies. Where we run the server it is a file beside
/// the data folder, so that neither the tables, nor a dump, nor a base backup, nor the write-ahead
/// log holds it. On a server of the owner's own, where we can put no file, the prelude has made a
/// key in `freehold.vault_key`, which only a superuser reads.
public final class VaultKey {
  private static final int BYTES = 32;
  private static final String PLACE = "select file from freehold.vault_key";
  private static final String MOVE = "select freehold.vault_move(null, ?)";

  private VaultKey() {}

  /// A new key, as the file holds it.
  public static String generate() {
    var bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /// The vault's key is in that file from now on: what is sealed under another is sealed anew.
  ///
  /// @param file readable by the server's own OS user
  /// @throws dev.freehold.problem.ProblemException `vault-key-refused`
  public static void keepIn(Path file, Database superuser) {
    try (var connection = DriverManager.getConnection(superuser.jdbcUrl(), superuser.properties());
        var ask = connection.prepareStatement(PLACE);
        var move = connection.prepareStatement(MOVE)) {
      try (var row = ask.executeQuery()) {
        if (row.next() && file.toString().equals(row.getString(1))) {
          return;
        }
      }
      move.setString(1, file.toString());
      move.execute();
    } catch (SQLException e) {
      throw Problem.of("vault-key-refused", "the database could not take over its vault's key")
          .detail(superuser + ": " + e.getMessage())
          .hint("can the server's OS user read " + file + "?")
          .raise(e);
    }
  }
}
