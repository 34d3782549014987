package dev.freehold.inspection;

import dev.freehold.export.Export;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Looks at an Export and writes down what it is: asks each detector its one question, in the order
/// in which one answer feeds the next.
public final class Inspector {
  private static final Comparator<Finding> WORST_FIRST = Comparator.comparing(Finding::severity);

  /// Reads the export's files; touches nothing, runs nothing, asks nobody.
  public Inspection inspect(Export export) {
    var sources = new Sources(export.root());
    var findings = new ArrayList<Finding>();
    var json = PackageJson.of(sources);
    var locks = LockDetector.detect(sources, json);
    var provenance = VendorDetector.detect(sources, json, locks);
    var framework = FrameworkDetector.detect(sources, json, locks);
    var output = OutputDetector.detect(sources, json, framework);
    var settings = EnvFiles.settings(sources);
    var supabase = SupabaseDetector.detect(sources, json, settings, findings::add);
    var features = FeatureDetector.detect(sources);
    var schema = MigrationDetector.detect(sources, findings::add);
    var functions = FunctionDetector.detect(sources);
    var variables = VariableDetector.detect(sources, output, functions, EnvFiles.names(settings));
    var hosts = HostDetector.detect(sources, findings::add);
    SecretDetector.detect(sources, variables, findings::add);
    BuildFindings.tell(json, framework, output, locks, findings::add);
    ServiceFindings.tell(features, supabase, schema, functions, findings::add);
    HandmadeParts.tell(sources, supabase, schema, findings::add);
    QueuedMail.tell(sources, functions, findings::add);
    findings.sort(WORST_FIRST);
    return new Inspection(
        subject(export),
        provenance,
        framework,
        packages(sources, json, locks, provenance),
        output,
        supabase,
        features,
        schema,
        functions,
        variables,
        EnvFiles.files(settings),
        hosts,
        List.copyOf(findings),
        ReadinessDetector.detect(json, provenance, framework, output, features, schema, functions));
  }

  private static Inspection.Subject subject(Export export) {
    return new Inspection.Subject(
        export.root(), export.name(), export.digest(), export.files(), export.bytes());
  }

  private static Packages packages(
      Sources sources, PackageJson json, List<LockDetector.Read> read, Provenance provenance) {
    var locks = read.stream().map(LockDetector.Read::lock).toList();
    var node = NodeChooser.choose(sources, json, read);
    boolean lovable = provenance.vendor() == Provenance.Vendor.LOVABLE;
    return new Packages(
        locks, InstallChooser.choose(json, locks, lovable), node.major(), node.why());
  }
}
