package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.project.FunctionSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What the owner lets functions read by `Deno.env`: `[edge_runtime.secrets]` of the project's
/// `config.toml`, then the file of variables, as `supabase functions serve` takes them. Names that
/// begin with `SUPABASE_` are left out: they are ours.
final class FunctionVariables {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final String OURS = "SUPABASE_";
  private static final Pattern ASSIGNMENT =
      Pattern.compile(
          "(?m)^[ \\t]*(?:export[ \\t]+)?([A-Za-z_]\\w*)[ \\t]*=[ \\t]*"
              + "(?:\"((?:\\\\.|[^\"\\\\])*)\"|'([^']*)'|((?:(?![ \\t]#)[^\\r\\n])*))"
              + "[ \\t]*(?:#.*)?$");

  private FunctionVariables() {}

  /// @throws dev.freehold.problem.ProblemException `backend-setting-invalid` when the file that is
  ///   named cannot be read
  static Map<String, String> read(BackendConfiguration configuration, Path functions) {
    var all = new TreeMap<String, String>();
    var project = functions.resolveSibling("config.toml");
    if (Files.isRegularFile(project)) {
      all.putAll(FunctionSecrets.read(text(project), configuration.environment()));
    }
    boolean named = configuration.has(FUNCTIONS_ENV_FILE);
    var file = named ? Path.of(configuration.text(FUNCTIONS_ENV_FILE)) : functions.resolve(".env");
    if (named || Files.isRegularFile(file)) {
      all.putAll(assignments(text(file)));
    }
    all.keySet().removeIf(name -> name.startsWith(OURS));
    return all;
  }

  static Map<String, String> assignments(String text) {
    var found = new TreeMap<String, String>();
    var line = ASSIGNMENT.matcher(text);
    while (line.find()) {
      if (line.group(2) != null) {
        found.put(line.group(1), unescaped(line.group(2)));
      } else {
        var plain = line.group(3) != null ? line.group(3) : line.group(4).strip();
        found.put(line.group(1), plain);
      }
    }
    return found;
  }

  private static String unescaped(String quoted) {
    return Pattern.compile("\\\\(.)", Pattern.DOTALL)
        .matcher(quoted)
        .replaceAll(escape ->
            switch (escape.group(1)) {
              case "n" -> "\n";
              case "r" -> "\r";
              case "t" -> "\t";
              default -> java.util.regex.Matcher.quoteReplacement(escape.group(1));
            });
  }

  private static String text(Path file) {
    try {
      if (Files.size(file) <= MAX_FILE_BYTES) {
        return Files.readString(file);
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    throw unreadable(file, new IOException("it is larger than 1 MiB"));
  }

  private static RuntimeException unreadable(Path file, IOException why) {
    return BackendConfiguration.invalid(
            FUNCTIONS_ENV_FILE, file + " cannot be read: " + why.getMessage())
        .raise(why);
  }
}
