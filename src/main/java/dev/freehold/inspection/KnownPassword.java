package dev.freehold.inspection;

import java.util.regex.Pattern;

/// Tells whether a statement writes a password that stands in it: a string handed to `crypt`, or a
/// hash. Whoever has seen the source can use the first, and try the second at leisure.
final class KnownPassword {
  /// Hashes of bcrypt and Argon2.
  private static final Pattern HASH =
      Pattern.compile("\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{53}|\\$argon2(?:id|i|d)\\$v=.+");

  private KnownPassword() {}

  static boolean standsIn(SqlStatement s) {
    var tokens = s.tokens();
    for (int i = 0; i < tokens.size(); i++) {
      var token = tokens.get(i);
      if (token.kind() == SqlToken.Kind.STRING && HASH.matcher(token.text()).matches()) {
        return true;
      }
      if (token.is("crypt")
          && i + 2 < tokens.size()
          && tokens.get(i + 1).isSymbol('(')
          && tokens.get(i + 2).kind() == SqlToken.Kind.STRING) {
        return true;
      }
    }
    return false;
  }
}
