package dev.freehold.operation;

import dev.freehold.app.AppName;
import dev.freehold.app.Apps;
import dev.freehold.app.Environment;
import dev.freehold.build.Artifact;
import dev.freehold.build.BuildContext;
import dev.freehold.build.BuildRunner;
import dev.freehold.export.Export;
import dev.freehold.export.Exports;
import dev.freehold.inspection.AuthSection;
import dev.freehold.inspection.Features;
import dev.freehold.inspection.Inspection;
import dev.freehold.inspection.InspectionJson;
import dev.freehold.inspection.InspectionText;
import dev.freehold.inspection.Inspector;
import dev.freehold.migration.MigrationReport;
import dev.freehold.os.DurableFiles;
import dev.freehold.plan.Plan;
import dev.freehold.plan.PlanRequest;
import dev.freehold.plan.PlanText;
import dev.freehold.plan.Planner;
import dev.freehold.problem.Problem;
import dev.freehold.release.Release;
import dev.freehold.release.ReleaseHistory;
import dev.freehold.secret.Secret;
import dev.freehold.secret.Secrets;
import dev.freehold.target.SignInUse;
import dev.freehold.target.Target;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// The path from an Export to a new live Release.
///
/// Until the last two lines of [#run] nothing that is live is touched: a failure at any step leaves
/// the live Release serving. The one thing that may stay ahead is the database, when schema
/// migrations were applied and the new Release then did not become healthy; they are written so
/// that code and schema move forward together, and the next deploy goes on from there.
public final class Deploy {
  /// How many names of providers and calls are noted of an app's code.
  private static final int MAX_NAMES_NOTED = 100;

  /// What the operator chose.
  ///
  /// @param source a folder, a zip or a git address
  /// @param confirmed whether the Plan needs no answer
  /// @param skipFailingSql whether statements of schema migrations that fail are skipped and
  ///   reported
  /// @param databaseUrl the owner's own PostgreSQL, instead of a cluster of ours
  /// @param by who deploys
  public record Choices(
      String source,
      AppName app,
      AppName environment,
      boolean confirmed,
      boolean skipFailingSql,
      Optional<String> databaseUrl,
      String by) {}

  private final Apps apps;
  private final Secrets secrets;
  private final ReleaseHistory history;
  private final BuildRunner builds;
  private final SchemaStep schema;
  private final Target target;
  private final Path scratch;
  private final Clock clock;

  /// @param scratch where exports are unpacked while a deploy runs; emptied at every start
  public Deploy(
      Apps apps,
      Secrets secrets,
      ReleaseHistory history,
      BuildRunner builds,
      Target target,
      Path scratch,
      Clock clock,
      Events events) {
    this.apps = apps;
    this.secrets = secrets;
    this.history = history;
    this.builds = builds;
    this.schema = new SchemaStep(target, events);
    this.target = target;
    this.scratch = scratch;
    this.clock = clock;
  }

  public OperationEvent.Done run(Choices choices, Progress progress) {
    var started = clock.instant();
    var workspace = DurableFiles.folder(scratch.resolve(UUID.randomUUID().toString()));
    try {
      var export = computed("read", progress, () -> Exports.read(choices.source(), workspace));
      var inspection = computed("inspect", progress, () -> new Inspector().inspect(export));
      var auth = AuthSection.read(export);
      var plan = new Planner().plan(inspection, request(choices, export));
      confirm(choices, inspection, plan, progress);

      var environment = environment(choices);
      try (var database = schema.prepareAside(environment, progress::line)) {
        var artifact = computed("build", progress, () -> build(environment, plan, progress));
        var report =
            progress.step(
                "database", () -> database.apply(export.root(), choices.skipFailingSql()));
        SchemaStep.describe(report).forEach(progress::line);
        target
            .prepareAuth(environment, export.digest(), auth, use(inspection))
            .forEach(complaint -> progress.line("supabase/config.toml: " + complaint));
        var draft = draft(environment, export, artifact, report, choices, started);
        var release = history.append(environment, draft);
        return goLive(release, report, choices.by(), progress);
      }
    } finally {
      DurableFiles.deleteTree(workspace);
    }
  }

  private static <T> T computed(String step, Progress progress, Supplier<T> work) {
    return progress.step(step, () -> Computing.call("deploy-" + step, work));
  }

  private PlanRequest request(Choices choices, Export export) {
    var existing = apps.find(choices.app(), choices.environment());
    return new PlanRequest(
        choices.app().text(),
        choices.environment().text(),
        existing.isEmpty(),
        existing.map(known -> schema.applied(known, export.root())).orElse(Set.of()),
        existing.stream()
            .flatMap(environment -> secrets.list(environment).stream())
            .map(Secret::name)
            .collect(Collectors.toSet()),
        existing.map(apps::variables).orElse(Map.of()),
        target.address(
            existing.orElseGet(() ->
                new Environment(
                    choices.app(),
                    choices.environment(),
                    clock.instant(),
                    Environment.DatabaseChoice.OWN_CLUSTER))));
  }

  private void confirm(Choices choices, Inspection inspection, Plan plan, Progress progress) {
    var question =
        new OperationEvent.Question(
            InspectionText.write(inspection),
            PlanText.write(plan),
            InspectionJson.write(inspection),
            choices.confirmed(),
            apps.find(choices.app(), choices.environment()).isEmpty());
    progress.ask(question);
  }

  private Environment environment(Choices choices) {
    var database =
        choices.databaseUrl().isPresent()
            ? Environment.DatabaseChoice.EXTERNAL
            : Environment.DatabaseChoice.OWN_CLUSTER;
    var environment =
        apps.ensure(choices.app(), choices.environment(), choices.source(), database, choices.by());
    if (environment.database() != database && choices.databaseUrl().isPresent()) {
      throw Problem.of("database-already-chosen", environment.id() + " has a database already")
          .hint("--database-url is for a new environment; nothing was changed")
          .raise();
    }
    choices
        .databaseUrl()
        .ifPresent(url -> secrets.keepOwn(environment, Target.DATABASE_URL_SECRET, url));
    return environment;
  }

  private static SignInUse use(Inspection inspection) {
    var features = inspection.features();
    return new SignInUse(names(features.providers()), names(features.auth()));
  }

  private static List<String> names(List<Features.Count> counts) {
    return counts.stream().map(Features.Count::name).limit(MAX_NAMES_NOTED).toList();
  }

  private Artifact build(Environment environment, Plan plan, Progress progress) {
    return builds.run(plan.recipe(), BuildContext.of(environment.app().text(), progress::line));
  }

  private ReleaseHistory.Draft draft(
      Environment environment,
      Export export,
      Artifact artifact,
      MigrationReport report,
      Choices choices,
      Instant started) {
    return new ReleaseHistory.Draft(
        artifact.digest(),
        export.digest(),
        choices.source(),
        choices.by(),
        started,
        apps.variables(environment),
        secrets.versions(environment),
        SchemaStep.mark(report));
  }

  private OperationEvent.Done goLive(
      Release release, MigrationReport report, String by, Progress progress) {
    var placed = progress.step("start", () -> target.place(release, progress::line));
    boolean first = history.live(release.environment()).isEmpty();
    history.activated(release, by, "deploy");
    progress.step(
        "switch",
        () -> {
          target.activate(placed);
          return true;
        });
    var address = target.address(release.environment());
    boolean leaves = target.mailLeaves(release.environment());
    var facts = new LinkedHashMap<String, Object>();
    facts.put("environment", release.environment().id());
    facts.put("release", release.number());
    facts.put("address", address);
    facts.put("artifact", release.artifact());
    facts.put("mail_leaves_this_machine", leaves);
    facts.put("skipped_statements", report.skipped().size());
    return new OperationEvent.Done(
        "\n"
            + release.environment().id()
            + " "
            + release.label()
            + " is live at "
            + address
            + (first ? "" : "\nTo go back: freehold rollback --app " + release.environment().app())
            + (leaves
                ? ""
                : "\nIts mails stay on this machine, no mail server is set:"
                    + " freehold mail list "
                    + release.environment().app()),
        facts);
  }
}
