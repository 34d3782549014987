package dev.freehold.inspection;

import dev.freehold.inspection.SupabaseUse.KeyForm;
import dev.freehold.inspection.SupabaseUse.Project;
import dev.freehold.inspection.SupabaseUse.PublicKey;
import dev.freehold.inspection.SupabaseUse.Wiring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Finds the Supabase projects and public keys that stand in the export, and tells which project is
/// the app's own: the one its `.env`, its `config.toml` or its client names.
final class SupabaseDetector {
  private static final Pattern HOST =
      Pattern.compile(
          "(https://|wss://)?\\b([a-z]{20})\\.(?:storage\\.|functions\\.)?supabase\\.co\\b");
  private static final Pattern PUBLISHABLE =
      Pattern.compile("\\bsb_publishable_[A-Za-z0-9_-]{10,}");
  private static final Pattern PROJECT_ID =
      Pattern.compile("(?m)^[ \\t]*+project_id[ \\t]*+=[ \\t]*+\"([a-z]{20})\"");
  private static final Pattern REF = Pattern.compile("[a-z]{20}");
  private static final Pattern READS_URL =
      Pattern.compile("(?:import\\.meta\\.env|process\\.env)(?:\\.|\\[['\"])\\w*SUPABASE_URL");
  private static final Pattern COMPOSED =
      Pattern.compile("https://\\$\\{[^}]{1,200}+\\}\\.supabase\\.co");
  private static final Pattern TEXT =
      Pattern.compile(
          ".+\\.(?:[cm]?[jt]sx?|vue|svelte|astro|html|json|toml|ya?ml|sql|md|txt|xml)"
              + "|(?:.+/)?\\.env.*");
  private static final Pattern LOCK =
      Pattern.compile("package-lock\\.json|bun\\.lockb?|pnpm-lock\\.yaml|yarn\\.lock");

  private final Sources sources;
  private final List<EnvFiles.Setting> settings;
  private final Consumer<Finding> findings;
  private final Map<String, List<Place>> inSource = new TreeMap<>();
  private final Map<String, List<Place>> elsewhere = new TreeMap<>();
  private final Map<String, List<Place>> bareHosts = new TreeMap<>();
  private final Map<String, List<Place>> keyPlaces = new TreeMap<>();
  private final Set<String> keysInSource = new TreeSet<>();
  private final Set<String> own = new TreeSet<>();

  private SupabaseDetector(
      Sources sources, List<EnvFiles.Setting> settings, Consumer<Finding> findings) {
    this.sources = sources;
    this.settings = settings;
    this.findings = findings;
  }

  static SupabaseUse detect(
      Sources sources,
      PackageJson json,
      List<EnvFiles.Setting> settings,
      Consumer<Finding> findings) {
    return new SupabaseDetector(sources, settings, findings).run(json);
  }

  /// Whether a file is text that may name a host or hold a key.
  static boolean isText(String path) {
    return TEXT.matcher(path).matches() && !LOCK.matcher(path).matches();
  }

  private SupabaseUse run(PackageJson json) {
    for (var path : sources.paths(SupabaseDetector::isText)) {
      boolean shipped = CodeArea.isShipped(path);
      var text =
          CodeArea.isCode(path)
              ? sources.code(path)
              : CodeText.plain(path, sources.text(path).orElse(""));
      scan(text, shipped);
    }
    nameOwn();
    boolean reads = sources.shipped().stream().anyMatch(c -> c.has(READS_URL));
    boolean literal =
        own.stream().anyMatch(inSource::containsKey)
            || keys().stream().anyMatch(PublicKey::inSource);
    boolean used =
        json.uses("@supabase/supabase-js") || json.uses("@supabase/ssr") || reads || literal;
    tellBareHosts();
    tellComposed();
    tellForeign();
    return new SupabaseUse(used, wiring(used, reads, literal), projects(), keys());
  }

  private void scan(CodeText text, boolean shipped) {
    for (var m : text.all(HOST)) {
      var place = text.place(m.start());
      var side = shipped ? inSource : elsewhere;
      side.computeIfAbsent(m.group(2), r -> new ArrayList<>()).add(place);
      if (shipped && m.group(1) == null) {
        bareHosts.computeIfAbsent(m.group(2), r -> new ArrayList<>()).add(place);
      }
    }
    for (var m : text.all(TokenClaims.TOKEN)) {
      if (TokenClaims.read(m.group()).filter(TokenClaims::isAnon).isPresent()) {
        key(m.group(), text.place(m.start()), shipped);
      }
    }
    for (var m : text.all(PUBLISHABLE)) {
      key(m.group(), text.place(m.start()), shipped);
    }
    if (shipped && text.text().contains("createClient")) {
      text.all(HOST).forEach(m -> own.add(m.group(2)));
    }
  }

  private void key(String value, Place place, boolean shipped) {
    keyPlaces.computeIfAbsent(value, v -> new ArrayList<>()).add(place);
    if (shipped) {
      keysInSource.add(value);
    }
  }

  private void nameOwn() {
    for (var setting : settings) {
      var host = HOST.matcher(setting.value());
      if (setting.name().endsWith("SUPABASE_URL") && host.find()) {
        own.add(host.group(2));
      }
      if (setting.name().endsWith("PROJECT_ID") && REF.matcher(setting.value()).matches()) {
        own.add(setting.value());
      }
    }
    sources
        .text("supabase/config.toml")
        .ifPresent(t -> PROJECT_ID.matcher(t).results().forEach(m -> own.add(m.group(1))));
    if (own.isEmpty() && inSource.size() == 1) {
      own.addAll(inSource.keySet());
    }
  }

  private List<Project> projects() {
    var refs = new TreeSet<>(own);
    refs.addAll(inSource.keySet());
    refs.addAll(elsewhere.keySet());
    return refs.stream()
        .map(ref ->
            new Project(
                ref,
                own.contains(ref),
                own.contains(ref) && standsAlone(ref),
                List.copyOf(inSource.getOrDefault(ref, List.of())),
                List.copyOf(elsewhere.getOrDefault(ref, List.of()))))
        .toList();
  }

  private boolean standsAlone(String ref) {
    var alone = Pattern.compile("\\b" + ref + "\\b(?!\\.(?:\\w+\\.)?supabase\\.)");
    return sources.shipped().stream().anyMatch(c -> c.text().contains(ref) && c.has(alone));
  }

  private List<PublicKey> keys() {
    return keyPlaces.entrySet().stream()
        .map(e -> {
          var claims = TokenClaims.read(e.getKey());
          boolean token = e.getKey().startsWith("ey");
          return new PublicKey(
              token ? KeyForm.JWT : KeyForm.PUBLISHABLE,
              token ? claims.map(TokenClaims::ref).orElse("") : "",
              e.getKey(),
              keysInSource.contains(e.getKey()),
              List.copyOf(e.getValue()));
        })
        .toList();
  }

  private static Wiring wiring(boolean used, boolean reads, boolean literal) {
    if (!used) {
      return Wiring.NONE;
    }
    return reads && literal ? Wiring.BOTH : literal ? Wiring.LITERALS : Wiring.VARIABLES;
  }

  private void tellBareHosts() {
    for (var entry : bareHosts.entrySet()) {
      if (own.contains(entry.getKey())) {
        findings.accept(
            Finding.warning(
                "project-host-bare",
                "the old project's host stands without https:// and stays as it is",
                entry.getValue(),
                "make the code use the address the client has"));
      }
    }
  }

  private void tellComposed() {
    var places = sources.shipped().stream().flatMap(c -> c.places(COMPOSED).stream()).toList();
    if (!places.isEmpty()) {
      findings.accept(
          Finding.warning(
              "project-url-composed",
              "the project's address is put together from its reference, so it leads to"
                  + " supabase.co",
              places,
              "use the variable that holds the address, such as VITE_SUPABASE_URL"));
    }
  }

  private void tellForeign() {
    inSource.forEach((ref, places) -> {
      if (!own.contains(ref)) {
        findings.accept(
            Finding.warning(
                "project-foreign",
                "the app also talks to the Supabase project " + ref + ", which stays where it is",
                places,
                "if it is an earlier project of the same app, replace it in the source"));
      }
    });
  }
}
