package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Finds secrets that came with the export. What it tells is the kind and the place, never the
/// value.
final class SecretDetector {
  private static final Map<String, Pattern> LIVE = new LinkedHashMap<>();

  static {
    LIVE.put("Stripe live key", Pattern.compile("\\b[sr]k_live_[0-9A-Za-z]{16,}"));
    LIVE.put("Stripe webhook secret", Pattern.compile("\\bwhsec_[A-Za-z0-9+/]{24,}"));
    LIVE.put("OpenAI key", Pattern.compile("\\bsk-(?:proj-)?[A-Za-z0-9_-]{40,}"));
    LIVE.put("Anthropic key", Pattern.compile("\\bsk-ant-[A-Za-z0-9_-]{32,}"));
    LIVE.put("AWS access key", Pattern.compile("\\bAKIA[0-9A-Z]{16}\\b"));
    LIVE.put("GitHub token", Pattern.compile("\\bgh[pousr]_[A-Za-z0-9]{36}"));
    LIVE.put("Slack token", Pattern.compile("\\bxox[abprs]-[A-Za-z0-9-]{20,}"));
    LIVE.put("SendGrid key", Pattern.compile("\\bSG\\.[\\w-]{22}\\.[\\w-]{43}"));
    LIVE.put("Resend key", Pattern.compile("\\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"));
    LIVE.put("Supabase access token", Pattern.compile("\\bsbp_[0-9a-f]{40}\\b"));
    LIVE.put("private key", Pattern.compile("-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----"));
    LIVE.put(
        "database password",
        Pattern.compile(
            "\\bpostgres(?:ql)?://[\\w.-]{1,253}+:(?!\\[|<|\\$|password|postgres@|your)[^@\\s'\"`$]{6,300}+@"
                + "(?!localhost|127\\.)[\\w.-]++"));
  }

  private static final Pattern SUPABASE_SECRET = Pattern.compile("\\bsb_secret_[A-Za-z0-9_-]{16,}");
  private static final Pattern TEST_KEY = Pattern.compile("\\b[sr]k_test_[0-9A-Za-z]{16,}");

  /// A value that somebody wrote to show where a real one goes.
  private static final Pattern EXAMPLE =
      Pattern.compile("(?i).*(?:x{6}|your|example|placeholder|1234567890|abcdef|\\*{4}).*");

  private static final Pattern BAKED =
      Pattern.compile(
          "(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC)_\\w*(?:SECRET|SERVICE_ROLE|PRIVATE_KEY|OPENAI\\w*KEY"
              + "|ANTHROPIC\\w*KEY|RESEND\\w*KEY|SENDGRID\\w*KEY"
              + "|TWILIO\\w*TOKEN|GEMINI\\w*KEY)\\w*");

  private final Map<String, List<Place>> live = new LinkedHashMap<>();
  private final List<Place> serviceInClient = new ArrayList<>();
  private final List<Place> serviceElsewhere = new ArrayList<>();
  private final List<Place> test = new ArrayList<>();

  private SecretDetector() {}

  static void detect(Sources sources, List<VariableUse> variables, Consumer<Finding> findings) {
    var detector = new SecretDetector();
    for (var path : sources.paths(SupabaseDetector::isText)) {
      if (!path.endsWith(".md") || !sources.has(path)) {
        detector.scan(CodeText.plain(path, sources.text(path).orElse("")));
      }
    }
    detector.tell(findings);
    baked(variables, findings);
  }

  private void scan(CodeText text) {
    LIVE.forEach((kind, pattern) -> {
      for (var m : text.all(pattern)) {
        if (!EXAMPLE.matcher(m.group()).matches()) {
          live.computeIfAbsent(kind, k -> new ArrayList<>()).add(text.place(m.start()));
        }
      }
    });
    for (var m : text.all(TokenClaims.TOKEN)) {
      if (TokenClaims.read(m.group()).filter(TokenClaims::isService).isPresent()) {
        service(text.place(m.start()));
      }
    }
    text.all(SUPABASE_SECRET).stream()
        .filter(m -> !EXAMPLE.matcher(m.group()).matches())
        .forEach(m -> service(text.place(m.start())));
    text.all(TEST_KEY).stream()
        .filter(m -> !EXAMPLE.matcher(m.group()).matches())
        .forEach(m -> test.add(text.place(m.start())));
  }

  private void service(Place place) {
    boolean client = CodeArea.isShipped(place.file()) && !CodeArea.isServer(place.file());
    (client ? serviceInClient : serviceElsewhere).add(place);
  }

  private void tell(Consumer<Finding> findings) {
    if (!serviceInClient.isEmpty()) {
      findings.accept(
          Finding.danger(
              "service-key-in-client",
              "a service key of Supabase stands in code that visitors can read",
              serviceInClient,
              "it opens every table past all policies: rotate it at Supabase now, and remove it"));
    }
    if (!serviceElsewhere.isEmpty()) {
      findings.accept(
          Finding.danger(
              "service-key-committed",
              "a service key of Supabase came with the export",
              serviceElsewhere,
              "whoever has the files has every row: rotate it at Supabase and remove it"));
    }
    live.forEach((kind, places) ->
        findings.accept(
            Finding.danger(
                "secret-committed",
                "the files hold what looks like a secret: " + kind,
                places,
                "rotate it where it was issued, then set the new one as a secret")));
    if (!test.isEmpty()) {
      findings.accept(
          Finding.note(
              "test-key-committed",
              "a Stripe test key came with the export",
              test,
              "it moves no money; set the live one as a secret"));
    }
  }

  private static void baked(List<VariableUse> variables, Consumer<Finding> findings) {
    for (var use : variables) {
      if (use.scope() == VariableUse.Scope.BUILD && BAKED.matcher(use.name()).matches()) {
        findings.accept(
            Finding.danger(
                "secret-in-bundle",
                use.name() + " is baked into files that every visitor can read",
                use.places(),
                "call the service from server code instead"));
      }
    }
  }
}
