package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints an Inspection for a terminal: at most [#WIDTH] columns, no colours, the answer first,
/// then what the owner should know, then the facts it rests on.
public final class InspectionText {
  /// Widest line, in columns.
  public static final int WIDTH = TextColumns.WIDTH;

  private static final int PLACES_TOLD = 3;
  private static final int COUNTS_TOLD = 8;
  private static final int JOBS_TOLD = 5;

  private final TextColumns out = new TextColumns();
  private final Inspection found;

  private InspectionText(Inspection found) {
    this.found = found;
  }

  /// The whole report, ending in a newline.
  public static String write(Inspection inspection) {
    var text = new InspectionText(inspection);
    text.answer();
    text.findings();
    text.origin();
    text.build();
    text.backend();
    text.secrets();
    return text.out.toString();
  }

  private void answer() {
    var subject = found.subject();
    out.line(
        subject.name()
            + "  ("
            + Names.count(subject.files(), "file")
            + ", "
            + size(subject.bytes())
            + ")");
    out.blank();
    switch (found.readiness()) {
      case Readiness.Yes() -> out.line("RUNS    This version runs all of it.");
      case Readiness.Partly(var waiting) -> {
        out.line("RUNS IN PART    It can be deployed. What does not work yet:");
        int width =
            Math.min(34, waiting.stream().mapToInt(w -> w.feature().length()).max().orElse(0));
        waiting.forEach(w -> out.row("  - ", width, w.feature(), w.effect()));
      }
      case Readiness.No(var reason) -> out.wrapped("DOES NOT RUN    ", sentence(reason) + ".");
    }
  }

  /// Begins with a capital, unless the first word is the name of a file or a variable.
  private static String sentence(String text) {
    var first = text.split(" ", 2)[0];
    if (first.indexOf('.') >= 0 || first.indexOf('/') >= 0 || first.indexOf('_') >= 0) {
      return text;
    }
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private void findings() {
    out.blank();
    if (found.findings().isEmpty()) {
      out.line("No findings.");
      return;
    }
    out.line(
        "Findings: "
            + Names.count(found.findings(Severity.DANGER).size(), "danger")
            + ", "
            + Names.count(found.findings(Severity.WARNING).size(), "warning")
            + ", "
            + Names.count(found.findings(Severity.NOTE).size(), "note"));
    boolean notes = false;
    for (var finding : found.findings()) {
      boolean note = finding.severity() == Severity.NOTE;
      out.blankIf(!note || !notes);
      notes = note;
      var word =
          switch (finding.severity()) {
            case DANGER -> "DANGER   ";
            case WARNING -> "Warning  ";
            case NOTE -> "note     ";
          };
      out.wrapped("  " + word, sentence(finding.message()) + "  [" + finding.code() + "]");
      if (!note) {
        if (!finding.places().isEmpty()) {
          out.wrapped("           at ", places(finding.places()));
        }
        out.wrapped("           -> ", finding.hint());
      }
    }
  }

  private static String places(List<Place> places) {
    var shown = places.stream().limit(PLACES_TOLD).map(Place::toString).toList();
    int hidden = places.size() - shown.size();
    return String.join(", ", shown) + (hidden > 0 ? " and " + hidden + " more" : "");
  }

  private void origin() {
    out.title("What it is");
    var from = found.provenance();
    out.fact(
        "Made with",
        from.vendor() == Provenance.Vendor.UNKNOWN
            ? "no Vendor recognised"
            : from.vendor().label() + ", " + from.label());
    if (!from.markers().isEmpty()) {
      out.fact("Seen", String.join(", ", from.markers()));
    }
    var tools =
        found.framework().tools().stream()
            .map(t -> t.name() + " " + t.version())
            .collect(Collectors.joining(", "));
    out.fact("Framework", found.framework().kind().label() + (tools.isEmpty() ? "" : ": " + tools));
    out.fact(
        "Digest",
        found.subject().digest().substring(0, Math.min(16, found.subject().digest().length())));
  }

  private void build() {
    if (found.output().kind() == BuildOutput.Kind.UNSUPPORTED) {
      return;
    }
    out.title("How it is built");
    out.fact(
        "Output",
        found.output().kind().label()
            + ", in "
            + String.join(" or ", found.output().folders())
            + " ("
            + found.output().why()
            + ")");
    if (found.output().kind() == BuildOutput.Kind.PLAIN) {
      return;
    }
    out.fact(
        "Command", found.framework().command().isEmpty() ? "none" : found.framework().command());
    out.fact("Node", found.packages().nodeMajor() + ": " + found.packages().nodeWhy());
    var label = "Locks";
    for (var lock : found.packages().locks()) {
      out.fact(label, lock(lock));
      label = "";
    }
    int number = 1;
    for (var install : found.packages().installs()) {
      out.fact(number == 1 ? "Install" : "", number++ + ". " + install(install));
    }
  }

  private static String lock(Packages.Lock lock) {
    var state =
        switch (lock.sync()) {
          case IN_SYNC -> "in sync";
          case OUT_OF_SYNC -> "out of step";
          case BINARY -> "binary, not read";
          case UNREADABLE -> "unreadable";
        };
    var size =
        lock.packages() == 0
            ? ""
            : Names.count(lock.packages(), "package")
                + (lock.privateEntries() > 0 ? ", " + lock.privateEntries() + " private" : "");
    return "%-18s %-17s %s".formatted(lock.path(), state, size).stripTrailing();
  }

  private static String install(Packages.Install install) {
    return install.manager().name().toLowerCase(Locale.ROOT)
        + (install.lockfile().isEmpty() ? "" : " from " + install.lockfile())
        + (install.frozen() ? ", frozen: " : ": ")
        + install.why();
  }

  private void backend() {
    var features = found.features();
    boolean any =
        found.supabase().used()
            || !found.schema().migrations().isEmpty()
            || !found.functions().isEmpty();
    if (!any) {
      return;
    }
    out.title("What it needs of a backend");
    project();
    counts("Sign-in", features.auth());
    counts("Providers", features.providers());
    schema();
    counts("Tables used", features.tables());
    counts("Database calls", features.rpcs());
    counts("Files", features.storage());
    counts("Realtime", features.realtime());
    if (features.serverFunctions() > 0) {
      out.fact("Server code", Names.count(features.serverFunctions(), "server function"));
    }
    edgeFunctions();
    counts("Vendor", features.vendorServices());
    jobs();
  }

  private void project() {
    var own =
        found.supabase().projects().stream()
            .filter(SupabaseUse.Project::own)
            .map(SupabaseUse.Project::ref)
            .toList();
    out.fact(
        "Supabase",
        (own.isEmpty() ? "project not named" : "project " + String.join(", ", own))
            + "; address and key "
            + found.supabase().wiring().label());
  }

  private void schema() {
    var schema = found.schema();
    if (schema.migrations().isEmpty()) {
      return;
    }
    out.fact(
        "Schema",
        "%s leave %s, %s, %s"
            .formatted(
                Names.count(schema.migrations().size(), "migration"),
                Names.count(schema.tables().size(), "table"),
                Names.count(schema.policies(), "policy", "policies"),
                Names.count(schema.functions(), "function")));
    if (!schema.extensions().isEmpty()) {
      out.fact("Extensions", String.join(", ", schema.extensions()));
    }
    if (!schema.buckets().isEmpty()) {
      out.fact("Buckets", String.join(", ", schema.buckets()));
    }
  }

  private void counts(String label, List<Features.Count> counts) {
    if (counts.isEmpty()) {
      return;
    }
    var shown =
        counts.stream()
            .limit(COUNTS_TOLD)
            .map(c -> c.uses() == 1 ? c.name() : c.name() + " " + c.uses())
            .collect(Collectors.joining(", "));
    int hidden = counts.size() - COUNTS_TOLD;
    out.fact(label, shown + (hidden > 0 ? " and " + hidden + " more" : ""));
  }

  private void edgeFunctions() {
    if (!found.functions().isEmpty()) {
      out.fact(
          "Edge functions",
          found.functions().size()
              + ": "
              + Names.list(found.functions().stream().map(EdgeFunction::name).toList()));
    }
  }

  private void jobs() {
    var label = "Jobs";
    var jobs = found.schema().cronJobs();
    for (var job : jobs.subList(0, Math.min(JOBS_TOLD, jobs.size()))) {
      out.fact(label, job.name() + (job.schedule().isEmpty() ? "" : " (" + job.schedule() + ")"));
      label = "";
    }
    if (jobs.size() > JOBS_TOLD) {
      out.fact("", "and " + (jobs.size() - JOBS_TOLD) + " more");
    }
  }

  private void secrets() {
    var names = new ArrayList<String>();
    for (var use : found.variables()) {
      boolean asked =
          use.giver() == VariableUse.Giver.OWNER && use.scope() != VariableUse.Scope.BUILD;
      if (asked) {
        names.add(use.name());
      }
    }
    var build =
        found.variables().stream()
            .filter(v -> v.scope() == VariableUse.Scope.BUILD)
            .filter(v -> v.giver() != VariableUse.Giver.TOOLS)
            .map(v -> v.name() + who(v))
            .distinct()
            .toList();
    if (names.isEmpty() && build.isEmpty()) {
      return;
    }
    out.title("What it reads");
    if (!build.isEmpty()) {
      out.fact("While building", String.join(", ", build));
    }
    if (!names.isEmpty()) {
      out.fact("Secrets", String.join(", ", names.stream().distinct().sorted().toList()));
    }
  }

  private static String who(VariableUse use) {
    return switch (use.giver()) {
      case FREEHOLD, TOOLS -> "";
      case EXPORT -> " (from its .env)";
      case OWNER -> " (yours to set)";
    };
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? Math.max(1, bytes >> 10) + " KB"
        : "%.1f MB".formatted(bytes / (double) (1 << 20));
  }
}
