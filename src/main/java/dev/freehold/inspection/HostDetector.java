package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Finds hosts of the Vendor that stand in shipped code and in SQL. The old Supabase project is not
/// among them; see [SupabaseDetector].
final class HostDetector {
  private static final Pattern HOST =
      Pattern.compile(
          "\\b((?:[\\w-]{1,63}+\\.){0,8}(?:lovable\\.app|lovable\\.dev|lovableproject\\.com|base44\\.app"
              + "|media\\.base44\\.com|bolt\\.host|bolt\\.new"
              + "|v0\\.app|replit\\.app|replit\\.dev))\\b");

  private HostDetector() {}

  static List<Inspection.Host> detect(Sources sources, Consumer<Finding> findings) {
    Map<String, List<Place>> hosts = new TreeMap<>();
    for (var path : sources.paths(p -> CodeArea.isShipped(p) || CodeArea.isFunction(p))) {
      note(sources.code(path), hosts);
    }
    var published = new ArrayList<Place>();
    hosts.forEach((host, places) -> {
      if (host.endsWith(".lovable.app") && !host.equals("oauth.lovable.app")) {
        published.addAll(places);
      }
    });
    if (!published.isEmpty()) {
      findings.accept(
          Finding.warning(
              "vendor-address",
              "the app's old address at its Vendor is written into the source",
              published.stream().sorted().toList(),
              "links, pictures and e-mails with it lead to the old app; replace it in the source"));
    }
    return hosts.entrySet().stream()
        .map(e -> new Inspection.Host(e.getKey(), List.copyOf(e.getValue())))
        .toList();
  }

  private static void note(CodeText code, Map<String, List<Place>> hosts) {
    for (var m : code.all(HOST)) {
      boolean packageName = m.start() > 0 && code.text().charAt(m.start() - 1) == '@';
      if (!packageName) {
        hosts.computeIfAbsent(m.group(1), h -> new ArrayList<>()).add(code.place(m.start()));
      }
    }
  }
}
