package dev.freehold.inspection;

import dev.freehold.inspection.Provenance.Vendor;
import java.util.ArrayList;
import java.util.List;

/// Tells the Vendor and its generation. Each marker counts; hand edits remove some of them, so the
/// Vendor with the most wins, and all that matched are reported.
final class VendorDetector {
  private static final String WRAPPER = "@lovable.dev/vite-tanstack-config";

  private final Sources sources;
  private final PackageJson json;
  private final List<LockDetector.Read> locks;
  private final List<String> markers = new ArrayList<>();

  private VendorDetector(Sources sources, PackageJson json, List<LockDetector.Read> locks) {
    this.sources = sources;
    this.json = json;
    this.locks = locks;
  }

  static Provenance detect(Sources sources, PackageJson json, List<LockDetector.Read> locks) {
    Provenance best = null;
    for (var vendor : Vendor.values()) {
      var found = new VendorDetector(sources, json, locks).judge(vendor);
      if (best == null || found.markers().size() > best.markers().size()) {
        best = found.markers().isEmpty() ? best : found;
      }
    }
    return best == null
        ? new Provenance(Vendor.UNKNOWN, "", "no Vendor recognised", List.of())
        : best;
  }

  private Provenance judge(Vendor vendor) {
    return switch (vendor) {
      case LOVABLE -> lovable();
      case BOLT -> bolt();
      case BASE44 -> base44();
      case V0 -> v0();
      case REPLIT -> replit();
      case UNKNOWN -> new Provenance(Vendor.UNKNOWN, "", "", List.of());
    };
  }

  private Provenance lovable() {
    name("vite_react_shadcn_ts");
    name("tanstack_start_ts");
    file(".lovable/project.json");
    file(".lovable/plan.md");
    uses("lovable-tagger");
    uses(WRAPPER);
    uses("@lovable.dev/cloud-auth-js");
    file("src/integrations/lovable/index.ts");
    file("src/integrations/supabase/client.server.ts");
    file("src/integrations/supabase/auth-middleware.ts");
    if (sources.text("README.md").orElse("").contains("lovable.dev/projects/")) {
      markers.add("README of the Lovable template");
    }
    if (markers.isEmpty()) {
      return none(Vendor.LOVABLE);
    }
    file("src/integrations/supabase/client.ts");
    return json.uses("@tanstack/react-start") ? lovableServer() : lovableSinglePage();
  }

  private Provenance lovableServer() {
    var version = Version.parse(LockDetector.locked(locks, WRAPPER));
    var wrapper =
        version.or(() -> VersionRange.parse(json.range(WRAPPER)).map(VersionRange::lowest));
    boolean first =
        wrapper.isPresent()
            ? wrapper.get().major() < 2
            : sources.has("wrangler.jsonc") && !json.uses("nitro");
    return first
        ? found(Vendor.LOVABLE, "L3a", "TanStack Start, spring 2026")
        : found(Vendor.LOVABLE, "L3b", "TanStack Start, since May 2026");
  }

  private Provenance lovableSinglePage() {
    boolean variables =
        sources
            .text("src/integrations/supabase/client.ts")
            .map(text -> text.contains("import.meta.env"))
            .orElse(sources.has("src/integrations/lovable/index.ts") || sources.has("bun.lock"));
    return variables
        ? found(Vendor.LOVABLE, "L2", "single-page app, since autumn 2025")
        : found(Vendor.LOVABLE, "L1", "single-page app, until autumn 2025");
  }

  private Provenance bolt() {
    name("vite-react-typescript-starter");
    file(".bolt/config.json");
    file(".bolt/prompt");
    file(".bolt/ignore");
    if (markers.isEmpty()) {
      return none(Vendor.BOLT);
    }
    boolean vite = json.uses("vite") && !json.uses("next") && !json.uses("expo");
    return vite
        ? found(Vendor.BOLT, "Ba", "Vite")
        : found(Vendor.BOLT, "Bb", "another stack than Vite");
  }

  private Provenance base44() {
    name("base44-app");
    file("base44/config.jsonc");
    uses("@base44/sdk");
    uses("@base44/vite-plugin");
    file("src/api/base44Client.js");
    file("src/lib/app-params.js");
    if (markers.isEmpty()) {
      return none(Vendor.BASE44);
    }
    if (sources.hasFolder("base44")) {
      boolean modules =
          sources.codes(p -> p.startsWith("base44/") && CodeArea.isCode(p)).stream()
              .anyMatch(c -> c.text().contains("base44:runtime"));
      return modules
          ? found(Vendor.BASE44, "B4", "functions for base44:runtime, since mid 2026")
          : found(Vendor.BASE44, "B3", "self-describing, since March 2026");
    }
    boolean second = json.uses("@base44/vite-plugin") || sources.has("src/lib/app-params.js");
    return second
        ? found(Vendor.BASE44, "B2", "until March 2026, without entity schemas")
        : found(Vendor.BASE44, "B1", "until autumn 2025");
  }

  private Provenance v0() {
    name("my-v0-project");
    if (sources.text("README.md").orElse("").contains("v0.app")
        || sources.text("README.md").orElse("").contains("v0.dev")) {
      markers.add("README of v0");
    }
    if (sources.codes(p -> p.endsWith("app/layout.tsx")).stream()
        .anyMatch(
            c -> c.text().contains("generator: \"v0") || c.text().contains("generator: 'v0"))) {
      markers.add("generator v0 in app/layout.tsx");
    }
    if (markers.isEmpty()) {
      return none(Vendor.V0);
    }
    uses("next");
    return found(Vendor.V0, "V", "Next.js");
  }

  private Provenance replit() {
    name("rest-express");
    file(".replit");
    file("replit.md");
    file("server/replitAuth.ts");
    if (markers.isEmpty()) {
      return none(Vendor.REPLIT);
    }
    return sources.hasFolder("artifacts")
        ? found(Vendor.REPLIT, "R2", "workspace of artifacts, 2026")
        : found(Vendor.REPLIT, "R1", "Express and Vite, 2025");
  }

  private Provenance found(Vendor vendor, String generation, String label) {
    return new Provenance(vendor, generation, label, List.copyOf(markers));
  }

  private static Provenance none(Vendor vendor) {
    return new Provenance(vendor, "", "", List.of());
  }

  private void name(String name) {
    if (json.name().equals(name)) {
      markers.add("package name " + name);
    }
  }

  private void file(String path) {
    if (sources.has(path)) {
      markers.add(path);
    }
  }

  private void uses(String packageName) {
    if (json.uses(packageName)) {
      var locked = LockDetector.locked(locks, packageName);
      markers.add(packageName + " " + (locked.isEmpty() ? json.range(packageName) : locked));
    }
  }
}
