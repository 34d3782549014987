package dev.freehold.build;

import java.util.Set;
import java.util.regex.Pattern;

/// Tells names that a bundler made from the content, such as `assets/index-BxY12_ab.js`, from names
/// a person chose. A file of such a name may be cached for ever.
///
/// A wrong "yes" would show users an old file for months, a wrong "no" costs one revalidation: so
/// the name must lie in a folder that bundlers write to, and its last part must look random.
public final class HashedNames {
  /// Folders that Vite, Nitro, Next.js, SvelteKit, Astro, Nuxt and Create React App fill.
  private static final Set<String> BUNDLER_FOLDERS =
      Set.of("assets", "_build", "_astro", "_nuxt", "_next", "_app", "static", "chunks");

  /// Rollup's default; webpack and esbuild write as much or more.
  private static final int HASH_CHARS = 8;

  /// How often random letters change between lower case, upper case and digits, at least.
  private static final int CHANGES = 2;

  /// `DataGrid`, `Screen01`, `IMG_2024`, `20241231`: what people write.
  private static final Pattern WORDS =
      Pattern.compile("[A-Z]*[a-z]*([_-]?[A-Z][a-z]+)*[_-]?[0-9]*");

  private HashedNames() {}

  /// Whether the file's name was made from its content.
  ///
  /// @param path relative, with `/`
  public static boolean isHashed(String path) {
    var parts = path.split("/");
    boolean bundled = false;
    for (int i = 0; i < parts.length - 1; i++) {
      bundled |= BUNDLER_FOLDERS.contains(parts[i]);
    }
    return bundled && endsInHash(parts[parts.length - 1]);
  }

  private static boolean endsInHash(String file) {
    // `index-BxY12_ab.js.map`, `main.1f0c9e2b.chunk.js`: each dotted part may hold the hash.
    var stem = file;
    for (int dot = stem.lastIndexOf('.'); dot > 0; dot = stem.lastIndexOf('.')) {
      stem = stem.substring(0, dot);
      if (endsInShortHash(stem) || isLongHash(stem.substring(stem.lastIndexOf('.') + 1))) {
        return true;
      }
    }
    return false;
  }

  /// Rollup's hashes may hold `-` and `_`: so the last eight characters, whatever they are.
  private static boolean endsInShortHash(String stem) {
    int start = stem.length() - HASH_CHARS;
    if (start < 0) {
      return false;
    }
    boolean separated = start == 0 || "-._".indexOf(stem.charAt(start - 1)) >= 0;
    return separated && looksRandom(stem.substring(start));
  }

  private static boolean isLongHash(String part) {
    return part.matches("(.*-)?[0-9a-f]{9,64}")
        && looksRandom(part.substring(part.lastIndexOf('-') + 1));
  }

  private static boolean looksRandom(String token) {
    if (token.length() < HASH_CHARS
        || !token.matches("[A-Za-z0-9_-]+")
        || WORDS.matcher(token).matches()) {
      return false;
    }
    int changes = 0;
    for (int i = 1; i < token.length(); i++) {
      changes += kind(token.charAt(i)) == kind(token.charAt(i - 1)) ? 0 : 1;
    }
    return changes >= CHANGES;
  }

  private static int kind(char c) {
    if (Character.isDigit(c)) {
      return 0;
    }
    if (Character.isLowerCase(c)) {
      return 1;
    }
    return Character.isUpperCase(c) ? 2 : 3;
  }
}
