package dev.freehold.build;

import dev.freehold.plan.BuildRecipe;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Writes the `deno.json` by which one function is bundled: its own import map and compiler
/// options, with a twin in the place of every import that has one.
///
/// The export's own `deno.json` is not used as it is: tasks, workspaces and lint rules are for the
/// Vendor's place, and an import map cannot say "the same without its query".
final class FunctionImports {
  private static final long MAX_CONFIG_BYTES = 1 << 20;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();
  private static final Pattern JSX_PACKAGE = Pattern.compile("npm:p?react(?:@[^/]+)?");

  private final Path source;
  private final String sourceUrl;
  private final String server;
  private final String nothing;

  /// @param source the export's root
  /// @param sourceUrl where the bundler sees it: a `file:` address without a slash at its end
  /// @param ours where the bundler sees our own modules, likewise
  FunctionImports(Path source, String sourceUrl, String ours) {
    this.source = source;
    this.sourceUrl = sourceUrl;
    this.server = ours + "/std-http-server.ts";
    this.nothing = ours + "/nothing.ts";
  }

  /// The text of a `deno.json`.
  ///
  /// @throws dev.freehold.problem.ProblemException `function-config-invalid`
  String configuration(BuildRecipe.Function function) {
    var config = new TreeMap<String, Object>();
    var imports = new TreeMap<String, String>();
    var scopes = new TreeMap<String, Object>();
    var path = function.config();
    if (!path.isEmpty()) {
      var node = read(path);
      if (path.endsWith("package.json")) {
        packages(node, imports);
      } else {
        map(node, path, imports, scopes);
      }
      var options = options(node.path("compilerOptions"));
      if (!options.isEmpty()) {
        config.put("compilerOptions", options);
      }
    }
    function.imports().forEach(written -> twins(written, imports));
    config.put("imports", imports);
    config.put("scopes", scopes);
    config.put("nodeModulesDir", "none");
    return JSON.writeValueAsString(config);
  }

  private void map(
      JsonNode node, String path, Map<String, String> imports, Map<String, Object> scopes) {
    var elsewhere = node.path("importMap").asString("");
    var from = folderOf(path);
    if (!elsewhere.isEmpty() && !elsewhere.contains("://")) {
      var other = Path.of(from).resolve(elsewhere).normalize().toString();
      map(read(other), other, imports, scopes);
    }
    imports.putAll(addresses(node.path("imports"), from));
    for (var scope : node.path("scopes").properties()) {
      scopes.put(address(scope.getKey(), from), addresses(scope.getValue(), from));
    }
  }

  private Map<String, String> addresses(JsonNode node, String from) {
    var addresses = new TreeMap<String, String>();
    for (var entry : node.properties()) {
      var written = entry.getValue().asString("");
      var twin = ImportTwin.of(written, server, nothing);
      addresses.put(address(entry.getKey(), from), twin.orElse(address(written, from)));
    }
    return addresses;
  }

  /// What is written as a path counts from the file it stands in; the rest stays.
  private String address(String written, String from) {
    if (!written.startsWith("./") && !written.startsWith("../")) {
      return written;
    }
    var path = Path.of(from).resolve(written).normalize();
    var slash = written.endsWith("/") ? "/" : "";
    return path.startsWith("..") ? written : sourceUrl + "/" + path + slash;
  }

  /// A `package.json` beside a function, as Deno reads it.
  private static void packages(JsonNode node, Map<String, String> imports) {
    for (var entry : node.path("dependencies").properties()) {
      var range = entry.getValue().asString("");
      if (!range.contains(":") && !range.contains("/")) {
        var at = range.isBlank() ? "" : "@" + range.strip();
        imports.put(entry.getKey(), "npm:" + entry.getKey() + at);
        imports.put(entry.getKey() + "/", "npm:/" + entry.getKey() + at + "/");
      }
    }
  }

  private Map<String, Object> options(JsonNode written) {
    var options = new TreeMap<String, Object>();
    for (var name : new String[] {"jsx", "jsxFactory", "jsxFragmentFactory"}) {
      if (written.hasNonNull(name)) {
        options.put(name, written.path(name).asString());
      }
    }
    var jsxSource = written.path("jsxImportSource").asString("");
    if (!jsxSource.isEmpty()) {
      options.put("jsxImportSource", ImportTwin.of(jsxSource, server, nothing).orElse(jsxSource));
    }
    if (written.path("experimentalDecorators").asBoolean(false)) {
      options.put("experimentalDecorators", true);
    }
    return options;
  }

  /// An exact entry for what the code itself writes: prefixes cannot drop a query.
  private void twins(String written, Map<String, String> imports) {
    var resolved = imports.containsKey(written) ? written : throughPrefix(written, imports);
    ImportTwin.of(resolved, server, nothing)
        .ifPresent(twin -> {
          imports.put(written, twin);
          if (JSX_PACKAGE.matcher(twin).matches()) {
            imports.putIfAbsent(written + "/jsx-runtime", twin + "/jsx-runtime");
          }
        });
  }

  private static String throughPrefix(String written, Map<String, String> imports) {
    return imports.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("/") && written.startsWith(entry.getKey()))
        .max(java.util.Comparator.comparingInt(entry -> entry.getKey().length()))
        .map(entry -> entry.getValue() + written.substring(entry.getKey().length()))
        .orElse(written);
  }

  private JsonNode read(String path) {
    var file = source.resolve(path).normalize();
    try {
      if (!file.startsWith(source)
          || !Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)
          || Files.size(file) > MAX_CONFIG_BYTES) {
        throw invalid(path, "it is not a file of the export, or larger than 1 MiB");
      }
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw invalid(path, String.valueOf(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RuntimeException invalid(String path, String why) {
    return Problem.of("function-config-invalid", path + " cannot be read")
        .detail(why)
        .hint("it is the import map or deno.json of an edge function; correct it and deploy again")
        .raise();
  }

  private static String folderOf(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /// The host and port that an import asks, or empty when it asks none but the npm registry.
  static java.util.Optional<String> host(String specifier) {
    if (specifier.startsWith("jsr:")) {
      return java.util.Optional.of("jsr.io:443");
    }
    if (!specifier.startsWith("https://") && !specifier.startsWith("http://")) {
      return java.util.Optional.empty();
    }
    try {
      var address = URI.create(specifier);
      int usual = specifier.startsWith("https") ? 443 : 80;
      int port = address.getPort() > 0 ? address.getPort() : usual;
      return java.util.Optional.ofNullable(address.getHost()).map(host -> host + ":" + port);
    } catch (IllegalArgumentException e) {
      return java.util.Optional.empty();
    }
  }
}
