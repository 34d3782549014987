package dev.freehold.inspection;

import dev.freehold.inspection.Provenance.Vendor;
import dev.freehold.inspection.Readiness.Waiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Says what this version runs and what waits for a later one.
final class ReadinessDetector {
  private static final Set<String> MISSING_EXTENSIONS = Set.of("vector", "postgis");

  private ReadinessDetector() {}

  static Readiness detect(
      PackageJson json,
      Provenance provenance,
      Framework framework,
      BuildOutput output,
      Features features,
      Schema schema,
      List<EdgeFunction> functions) {
    if (output.kind() == BuildOutput.Kind.UNSUPPORTED) {
      return new Readiness.No(refusal(json, provenance, framework));
    }
    var waiting = new ArrayList<Waiting>();
    functions(features, functions, waiting);
    providers(features, waiting);
    vendor(features, waiting);
    database(schema, waiting);
    return waiting.isEmpty() ? new Readiness.Yes() : new Readiness.Partly(List.copyOf(waiting));
  }

  private static String refusal(PackageJson json, Provenance provenance, Framework framework) {
    if (provenance.vendor() == Vendor.BASE44) {
      return "it is a Base44 app, and this version has no Base44 backend yet";
    }
    if (provenance.vendor() == Vendor.REPLIT) {
      return "it is a Replit app with a server of its own, which this version does not run yet";
    }
    return switch (framework.kind()) {
      case NEXT -> "it is a Next.js app, and this version does not run Next.js yet";
      case EXPO -> "it is a mobile app (Expo); there is no web output to serve";
      case EXPRESS -> "it is an Express server, which this version does not run yet";
      case UNKNOWN ->
          json.present()
              ? "package.json names no framework we know, and there is no index.html"
              : "there is neither a package.json nor an index.html at the top of the export";
      case ASTRO, NUXT, REMIX, SVELTEKIT, VITE, TANSTACK_START, HTML ->
          framework.kind().label() + " is not supported yet";
    };
  }

  private static void functions(
      Features features, List<EdgeFunction> functions, List<Waiting> waiting) {
    if (functions.isEmpty() && !features.invokes().isEmpty()) {
      waiting.add(
          new Waiting(
              "calls of edge functions",
              Features.total(features.invokes()) + " calls fail; their code is not in the export"));
    }
  }

  private static void providers(Features features, List<Waiting> waiting) {
    if (!features.providers().isEmpty()) {
      var names = features.providers().stream().map(Features.Count::name).toList();
      waiting.add(
          new Waiting(
              "sign-in with " + Names.list(names),
              "the button fails until the app has a client of its own: freehold auth doctor"));
    }
  }

  private static void vendor(Features features, List<Waiting> waiting) {
    for (var service : features.vendorServices()) {
      var effect =
          switch (service.name()) {
            case "Lovable sign-in broker" -> "";
            case "Lovable AI gateway" ->
                "its calls are answered once a provider of yours is set: freehold ai set";
            case "Lovable connectors" -> "services reached through Lovable fail";
            case "Lovable e-mail" ->
                "its mails leave once a mail server of yours is set: freehold auth smtp set";
            case "Lovable assets" ->
                Names.count(service.uses(), "file lies", "files lie")
                    + " on Lovable's servers, not in the export";
            default -> "it stays with the Vendor";
          };
      if (!effect.isEmpty()) {
        waiting.add(new Waiting(service.name(), effect));
      }
    }
  }

  private static void database(Schema schema, List<Waiting> waiting) {
    var missing = schema.extensions().stream().filter(MISSING_EXTENSIONS::contains).toList();
    if (!missing.isEmpty()) {
      waiting.add(
          new Waiting(
              "extensions " + Names.list(missing),
              "statements that need them are skipped and told"));
    }
  }
}
