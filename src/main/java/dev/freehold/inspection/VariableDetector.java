package dev.freehold.inspection;

import dev.freehold.inspection.VariableUse.Giver;
import dev.freehold.inspection.VariableUse.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Finds every variable the code reads, when it is read, and who has to set it.
final class VariableDetector {
  private static final Pattern META =
      Pattern.compile("import\\.meta\\.env(?:\\?)?(?:\\.|\\[\\s*['\"])(\\w+)(?:['\"]\\s*\\])?");
  private static final Pattern PROCESS =
      Pattern.compile("\\bprocess\\.env(?:\\?)?(?:\\.|\\[\\s*['\"])(\\w+)(?:['\"]\\s*\\])?");
  private static final Pattern DENO =
      Pattern.compile("\\bDeno\\.env\\.get\\(\\s*['\"`](\\w+)['\"`]\\s*\\)");

  /// What follows a use that has an answer of its own, or only compares.
  private static final Pattern OPTIONAL = Pattern.compile("^\\s*(?:\\?\\?|\\|\\||[!=]==?|\\?[^.])");

  private static final int LOOK_BEHIND_CHARS = 12;

  private static final Pattern FREEHOLD_GIVES =
      Pattern.compile(
          "(?:VITE_|NEXT_PUBLIC_|EXPO_PUBLIC_|PUBLIC_)?SUPABASE_(?:URL|ANON_KEY|PUBLISHABLE_KEY"
              + "|PUBLISHABLE_DEFAULT_KEY|PROJECT_ID|PROJECT_REF|KEY)"
              + "|SUPABASE_(?:SERVICE_ROLE_KEY|SERVICE_KEY|SECRET_KEY|DB_URL|JWT_SECRET|JWKS"
              + "|PUBLISHABLE_KEYS|SECRET_KEYS)|LOVABLE_API_KEY|LOVABLE_SEND_URL");
  private static final Pattern TOOLS_GIVE =
      Pattern.compile(
          "MODE|DEV|PROD|SSR|BASE_URL|NODE_ENV|PORT|HOST|CI|PWD|HOME|PATH|TZ|npm_\\w+|VERCEL\\w*"
              + "|NETLIFY|DENO_\\w+|TSS_\\w+|NITRO_\\w+|VITEST|LEGACY|REPL_ID|LOVABLE_SANDBOX"
              + "|SB_REGION|SB_EXECUTION_ID|DEV_SERVER__PROJECT_PATH");

  private final Set<String> committed;
  private final Map<String, Found> found = new TreeMap<>();

  private VariableDetector(Set<String> committed) {
    this.committed = committed;
  }

  private static final class Found {
    private final String name;
    private final Scope scope;
    private final List<Place> places = new ArrayList<>();
    private boolean required;

    Found(String name, Scope scope) {
      this.name = name;
      this.scope = scope;
    }
  }

  static List<VariableUse> detect(
      Sources sources, BuildOutput output, List<EdgeFunction> functions, Set<String> committed) {
    var detector = new VariableDetector(committed);
    boolean server =
        switch (output.kind()) {
          case NITRO_NODE, FETCH_HANDLER, WORKER -> true;
          case STATIC, PLAIN, UNSUPPORTED -> false;
        };
    for (var code : sources.shipped()) {
      detector.read(code, META, Scope.BUILD);
      if (server) {
        detector.read(code, PROCESS, Scope.SERVER);
      }
    }
    for (var code : sources.codes(CodeArea::isBuildConfig)) {
      detector.read(code, PROCESS, Scope.BUILD);
      detector.read(code, META, Scope.BUILD);
    }
    if (!functions.isEmpty()) {
      sources.codes(CodeArea::isFunction).forEach(c -> detector.read(c, DENO, Scope.FUNCTION));
    }
    return detector.uses();
  }

  private void read(CodeText code, Pattern pattern, Scope scope) {
    for (var m : code.all(pattern)) {
      var name = m.group(1);
      var one = found.computeIfAbsent(name + " " + scope, k -> new Found(name, scope));
      one.places.add(code.place(m.start()));
      one.required |= isRequired(code.text(), m.start(), m.end());
    }
  }

  private static boolean isRequired(String text, int from, int to) {
    var behind = text.substring(Math.max(0, from - LOOK_BEHIND_CHARS), from).strip();
    var ahead = text.substring(to, Math.min(text.length(), to + LOOK_BEHIND_CHARS));
    boolean tested = behind.endsWith("!") || behind.endsWith("if (") || behind.endsWith("||");
    return !tested && !OPTIONAL.matcher(ahead).find();
  }

  private List<VariableUse> uses() {
    return found.values().stream()
        .map(f ->
            new VariableUse(
                f.name, f.scope, giver(f), f.places.stream().distinct().toList(), f.required))
        .toList();
  }

  private Giver giver(Found use) {
    if (FREEHOLD_GIVES.matcher(use.name).matches()) {
      return Giver.FREEHOLD;
    }
    if (TOOLS_GIVE.matcher(use.name).matches()) {
      return Giver.TOOLS;
    }
    // Vite reads a committed .env while it builds; no server does while it runs.
    return use.scope == Scope.BUILD && committed.contains(use.name) ? Giver.EXPORT : Giver.OWNER;
  }
}
