package dev.freehold.build;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Where npm packages come from: the public registry or the owner's mirror of it.
///
/// @param base its address without a slash at the end
public record PackageRegistry(URI base) {
  public static final PackageRegistry PUBLIC =
      new PackageRegistry(URI.create("https://registry.npmjs.org"));

  public PackageRegistry {
    if (!"https".equals(base.getScheme()) && !"http".equals(base.getScheme())) {
      throw new IllegalArgumentException("not an http(s) address: " + base);
    }
    base = URI.create(base.toString().replaceAll("/+$", ""));
  }

  /// The one that the environment names the way npm reads it, or the public one.
  public static PackageRegistry from(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("npm_config_registry"))
        .or(() -> Optional.ofNullable(environment.get("NPM_CONFIG_REGISTRY")))
        .filter(text -> !text.isBlank())
        .map(text -> new PackageRegistry(URI.create(text)))
        .orElse(PUBLIC);
  }

  /// The address of a package's tarball, which npm's registries all build the same way.
  URI tarball(String name, String version) {
    var file = name.substring(name.lastIndexOf('/') + 1);
    return URI.create(base + "/" + name + "/-/" + file + "-" + version + ".tgz");
  }

  int port() {
    if (base.getPort() >= 0) {
      return base.getPort();
    }
    return "https".equals(base.getScheme()) ? 443 : 80;
  }
}
