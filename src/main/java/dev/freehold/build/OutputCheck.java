package dev.freehold.build;

import dev.freehold.plan.BuildRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Judges what a build left: whether it has the shape that can be served, whether it makes a key
/// public, and which of the vendor's addresses are still in it.
final class OutputCheck {
  private static final long MAX_READ_BYTES = 32L << 20;
  private static final Pattern TOKEN =
      Pattern.compile("eyJ[A-Za-z0-9_-]{10,}\\.(eyJ[A-Za-z0-9_-]{10,})\\.[A-Za-z0-9_-]{10,}");
  private static final Pattern SERVICE_ROLE =
      Pattern.compile("\"role\"\\s*:\\s*\"(service_role|supabase_admin)\"");
  private static final Pattern SECRET_KEY = Pattern.compile("sb_secret_[A-Za-z0-9_-]{20,}");
  private static final int PROJECT_REF_CHARS = 20;

  /// A script or style sheet of the page's own origin, below some folder.
  private static final Pattern BELOW_A_FOLDER =
      Pattern.compile(
          "(?:src|href)=\"/([^/\"?#\\s]{1,200})/([^\"?#\\s]{1,500}\\.(?:m?js|css))[\"?#]");

  /// Where vendors serve apps, files and their own services from.
  private static final List<String> VENDOR_DOMAINS =
      List.of("supabase.co", "lovable.app", "lovable.dev", "base44.app", "base44.com", "bolt.host");

  private final BuildRecipe recipe;
  private final Consumer<String> log;

  OutputCheck(BuildRecipe recipe, Consumer<String> log) {
    this.recipe = recipe;
    this.log = log;
  }

  /// The first candidate that has the shape, if any has.
  Optional<Path> output(Path app) {
    return recipe.output().candidates().stream()
        .map(candidate -> app.resolve(candidate).normalize())
        .filter(folder -> insideOf(app, folder) && hasShape(folder))
        .findFirst();
  }

  /// What is missed, for a person.
  String wanted() {
    return String.join(" or ", recipe.output().candidates())
        + switch (recipe.output().kind()) {
          case STATIC -> " with index.html";
          case NITRO_NODE -> " with server/index.mjs";
          case FETCH_HANDLER -> " with server/server.js and client";
          case WORKER -> " with server/wrangler.json and client";
        };
  }

  private boolean hasShape(Path folder) {
    return switch (recipe.output().kind()) {
      case STATIC -> Files.isRegularFile(folder.resolve("index.html"));
      case NITRO_NODE -> Files.isRegularFile(folder.resolve("server/index.mjs"));
      case FETCH_HANDLER ->
          Files.isRegularFile(folder.resolve("server/server.js"))
              && Files.isDirectory(folder.resolve("client"));
      case WORKER ->
          Files.isRegularFile(folder.resolve("server/wrangler.json"))
              && Files.isDirectory(folder.resolve("client"));
    };
  }

  /// The build may have put a link to somewhere else in the folder's place.
  private static boolean insideOf(Path app, Path folder) {
    try {
      return folder.toRealPath().startsWith(app.toRealPath());
    } catch (IOException e) {
      return false; // There is no such folder.
    }
  }

  /// Reads the text of all that is served.
  ///
  /// @throws dev.freehold.problem.ProblemException `build-leaks-service-key`
  void examine(SortedMap<String, Path> files) {
    var replacement = new TextReplacement(recipe.substitutions());
    var ours = String.join(" ", recipe.variables().values());
    var hosts = new TreeMap<String, String>();
    for (var file : files.entrySet()) {
      var path = file.getKey();
      if (Artifact.isPublic(recipe.output().kind(), path) && TextReplacement.isText(path)) {
        var bytes = read(file.getValue());
        refuseServiceKey(path, new String(bytes, StandardCharsets.ISO_8859_1));
        vendorHosts(replacement.without(bytes)).stream()
            .filter(host -> !ours.contains(host))
            .forEach(host -> hosts.putIfAbsent(host, path));
      }
    }
    tellOfAnotherBase(files);
    if (!hosts.isEmpty()) {
      log.accept(
          "finding: the output still names hosts of the vendor: "
              + hosts.entrySet().stream()
                  .map(host -> host.getKey() + " (" + host.getValue() + ")")
                  .collect(Collectors.joining(", ")));
    }
  }

  /// A page built for a folder of another host (`base` of Vite, `homepage` of Create React App)
  /// stays blank here: it asks for its scripts below that folder.
  private void tellOfAnotherBase(SortedMap<String, Path> files) {
    var page = files.get("index.html");
    if (recipe.output().kind() != BuildRecipe.Kind.STATIC || page == null) {
      return;
    }
    BELOW_A_FOLDER
        .matcher(new String(read(page), StandardCharsets.ISO_8859_1))
        .results()
        .filter(asked -> files.containsKey(asked.group(2)))
        .filter(asked -> !files.containsKey(asked.group(1) + "/" + asked.group(2)))
        .findFirst()
        .ifPresent(asked ->
            log.accept(
                ("finding: index.html asks for /%1$s/%2$s, which is built as /%2$s: the page stays"
                        + " blank. It was built for the folder /%1$s/ of another host; set base (in"
                        + " vite.config) or homepage (in package.json) to \"/\" and deploy again")
                    .formatted(asked.group(1), asked.group(2))));
  }

  private static Set<String> vendorHosts(String text) {
    var hosts = new TreeSet<String>();
    for (var domain : VENDOR_DOMAINS) {
      for (int at = text.indexOf(domain); at >= 0; at = text.indexOf(domain, at + 1)) {
        int start = at;
        while (start > 0 && isHostChar(text.charAt(start - 1))) {
          start--;
        }
        int end = at + domain.length();
        var host = text.substring(start, end);
        boolean whole = end == text.length() || !isHostChar(text.charAt(end));
        if (whole && (domain.equals("supabase.co") ? isProject(host) : isBelow(host, domain))) {
          hosts.add(host);
        }
      }
    }
    return hosts;
  }

  private static boolean isHostChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  }

  /// Supabase's own pages, such as `docs.supabase.co`, are not an app's old project.
  private static boolean isProject(String host) {
    return host.indexOf('.') == PROJECT_REF_CHARS;
  }

  private static boolean isBelow(String host, String domain) {
    return host.equals(domain) || host.endsWith("." + domain);
  }

  private static void refuseServiceKey(String path, String text) {
    var tokens = TOKEN.matcher(text);
    while (tokens.find()) {
      if (SERVICE_ROLE.matcher(claims(tokens.group(1))).find()) {
        throw BuildProblems.leaksServiceKey(path);
      }
    }
    if (SECRET_KEY.matcher(text).find()) {
      throw BuildProblems.leaksServiceKey(path);
    }
  }

  private static String claims(String part) {
    try {
      return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return ""; // It only looks like a token.
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.size(file) > MAX_READ_BYTES ? new byte[0] : Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
