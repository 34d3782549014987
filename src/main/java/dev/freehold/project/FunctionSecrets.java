package dev.freehold.project;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// `[edge_runtime.secrets]` of a Supabase project's `config.toml`: what its functions read by
/// `Deno.env` on a machine of the owner's own.
public final class FunctionSecrets {
  private static final Pattern VARIABLE = Pattern.compile("env\\(([A-Za-z_]\\w*)\\)");

  private FunctionSecrets() {}

  /// A value `env(NAME)` is the variable of that name, and left out without one. A file that is no
  /// TOML has none: those who read more of it say what is wrong.
  ///
  /// @param variables the process's
  public static Map<String, String> read(String toml, Map<String, String> variables) {
    var secrets = new TreeMap<String, String>();
    for (var entry : ConfigTables.read(toml).path("edge_runtime").path("secrets").properties()) {
      var written = entry.getValue().asString("");
      var variable = VARIABLE.matcher(written);
      if (!variable.matches()) {
        secrets.put(entry.getKey(), written);
      } else if (variables.containsKey(variable.group(1))) {
        secrets.put(entry.getKey(), variables.getOrDefault(variable.group(1), ""));
      }
    }
    return secrets;
  }
}
