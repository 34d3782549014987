package dev.freehold.export;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Judges the names of entries before any of them touches a disk, and remembers them, so that no
/// two fall on the same file, not even on a disk that ignores case or composes accents.
final class EntryName {
  private final Map<String, String> seen = new HashMap<>();
  private final Map<String, Boolean> isFile = new HashMap<>();

  /// The entry's path below the root, without a slash at its end, or a refusal.
  String accept(String name, boolean folder) {
    var plain = folder && name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    judge(plain, name);
    var key = key(plain);
    var before = seen.putIfAbsent(key, plain);
    if (before != null && (!before.equals(plain) || !folder || isFile.getOrDefault(key, false))) {
      throw before.equals(plain)
          ? ExportLimits.refuse("export-duplicate-entry", "an entry occurs twice", name)
          : ExportLimits.refuse(
              "export-duplicate-entry",
              "two entries differ only in case or accents",
              before + " and " + name);
    }
    isFile.put(key, !folder);
    parents(plain, name);
    return plain;
  }

  /// Every folder above an entry must be a folder, spelled the same each time.
  private void parents(String plain, String name) {
    for (int i = plain.indexOf('/'); i >= 0; i = plain.indexOf('/', i + 1)) {
      var parent = plain.substring(0, i);
      var key = key(parent);
      var before = seen.putIfAbsent(key, parent);
      if (before != null && !before.equals(parent)) {
        throw ExportLimits.refuse(
            "export-duplicate-entry",
            "two folders differ only in case or accents",
            before + " and " + name);
      }
      if (isFile.getOrDefault(key, false)) {
        throw ExportLimits.refuse(
            "export-duplicate-entry", "an entry is both a file and a folder", name);
      }
      isFile.put(key, false);
    }
  }

  private static String key(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT);
  }

  /// Refuses a name that could leave the root, hide something, or not be written everywhere.
  static void judge(String plain, String shown) {
    if (plain.isEmpty()) {
      throw ExportLimits.refuse("export-unsafe-name", "an entry has no name", shown);
    }
    if (plain.length() > ExportLimits.MAX_PATH_CHARS) {
      throw ExportLimits.refuse("export-unsafe-name", "a path is too long", shown);
    }
    if (plain.codePoints().anyMatch(Character::isISOControl)) {
      throw ExportLimits.refuse("export-unsafe-name", "a name holds a control character", shown);
    }
    if (plain.indexOf('\uFFFD') >= 0) {
      throw ExportLimits.refuse("export-unsafe-name", "a name is not valid UTF-8", shown);
    }
    if (plain.indexOf('\\') >= 0) {
      throw ExportLimits.refuse("export-unsafe-name", "a name holds a backslash", shown);
    }
    if (plain.startsWith("/") || plain.matches("[A-Za-z]:.*")) {
      throw ExportLimits.refuse("export-path-escape", "a name is absolute", shown);
    }
    var parts = plain.split("/", -1);
    if (parts.length > ExportLimits.MAX_DEPTH) {
      throw ExportLimits.refuse("export-too-deep", "folders are nested too deep", shown);
    }
    for (var part : parts) {
      if (part.equals("..")) {
        throw ExportLimits.refuse("export-path-escape", "a name leaves the export", shown);
      }
      if (part.isEmpty() || part.equals(".")) {
        throw ExportLimits.refuse(
            "export-unsafe-name", "a part of a name is empty or a dot", shown);
      }
      if (part.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > 255) {
        throw ExportLimits.refuse("export-unsafe-name", "a part of a name is too long", shown);
      }
    }
  }

  /// The path below the root as a string with `/`.
  static String below(Path root, Path path) {
    return root.relativize(path).toString().replace('\\', '/');
  }
}
