package dev.freehold.inspection;

import dev.freehold.export.Export;
import dev.freehold.export.Exports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/// A small export, written file by file.
public final class Tree {
  private final Path root;

  public Tree(Path root) {
    this.root = root;
  }

  public Tree file(String path, String text) {
    try {
      var file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Export export() {
    return Exports.read(root.toString(), root.resolve("workspace"));
  }

  public Inspection inspection() {
    return new Inspector().inspect(export());
  }

  /// A token of that role; nobody ever signed it.
  public static String token(String role, String ref) {
    return part("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")
        + "."
        + part("{\"iss\":\"supabase\",\"ref\":\"" + ref + "\",\"role\":\"" + role + "\"}")
        + "."
        + part("not a signature, only as long");
  }

  private static String part(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
