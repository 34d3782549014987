package dev.freehold.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Makes the extensions of a hosted PostgreSQL creatable on ours.
///
/// Apps say `CREATE EXTENSION pg_cron` and the like, also inside `DO` blocks. Those extensions are
/// C libraries we do not have; their schemas and functions are ordinary SQL objects of the
/// database's prelude. So each gets a control file whose script creates nothing: the statement
/// succeeds, `pg_extension` lists it, and nothing has to rewrite SQL. The comment marks it as ours.
///
/// A second list names extensions of PostgreSQL itself that a hosted database lets its owner create
/// although they are not marked trusted.
final class StandInExtensions {
  /// How the comment of every stand-in begins; `pg_available_extensions.comment` shows it.
  static final String COMMENT = "Freehold stand-in";

  static final List<String> NAMES =
      List.of(
          "pg_cron",
          "pg_net",
          "supabase_vault",
          "pgmq",
          "pgjwt",
          "pgsodium",
          "pg_graphql",
          "pgaudit",
          "pg_stat_monitor",
          "safeupdate");

  private static final List<String> TRUSTED =
      List.of(
          "moddatetime",
          "autoinc",
          "insert_username",
          "refint",
          "earthdistance",
          "pg_stat_statements",
          "bloom",
          "dict_xsyn",
          "pgrowlocks",
          "xml2");

  private StandInExtensions() {}

  static void addTo(Path extensions) throws IOException {
    for (var name : NAMES) {
      write(extensions.resolve(name + ".control"), control(name));
      write(
          extensions.resolve(name + "--1.0.sql"),
          "-- " + COMMENT + ": its objects are part of the database's prelude.\n");
    }
    for (var name : TRUSTED) {
      trust(extensions.resolve(name + ".control"));
    }
  }

  private static String control(String name) {
    return """
    comment = '%s for %s: creates nothing'
    default_version = '1.0'
    relocatable = true
    superuser = false
    """
        .formatted(COMMENT, name);
  }

  private static void trust(Path control) throws IOException {
    if (Files.exists(control)) {
      var text = Files.readString(control);
      if (!text.contains("trusted =")) {
        write(control, text.stripTrailing() + "\ntrusted = true\n");
      }
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
