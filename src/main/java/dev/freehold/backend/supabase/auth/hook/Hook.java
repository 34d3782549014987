package dev.freehold.backend.supabase.auth.hook;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Where an App's own code is asked.
public sealed interface Hook {
  /// As the App wrote it.
  String uri();

  /// A function of the database, called with the question as JSON.
  ///
  /// @param schema plain: letters, digits, underscores
  /// @param function plain too
  record Function(String uri, String schema, String function) implements Hook {}

  /// A web address, asked by POST with a Standard Webhooks signature.
  record Web(URI address, List<WebhookSecret> secrets) implements Hook {
    @Override
    public String uri() {
      return address.toString();
    }
  }

  /// Names as GoTrue takes them.
  Pattern PLAIN_NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,62}");

  /// Plain HTTP goes to this machine and no further.
  Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  /// Reads `pg-functions://postgres/public/name`, `https://…`, or `http://…` on this machine.
  ///
  /// @param secrets with `|` between them, each `v1,whsec_…`; every https hook needs one
  /// @throws IllegalArgumentException with a sentence about what is wrong
  static Hook parse(String uri, String secrets) {
    URI address;
    try {
      address = URI.create(uri);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("“" + uri + "” is no address", e);
    }
    var scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "pg-functions" -> function(uri, address);
      case "https" -> web(address, secrets);
      case "http" -> {
        if (address.getHost() == null || !LOOPBACK.contains(address.getHost())) {
          throw new IllegalArgumentException(
              "only localhost, 127.0.0.1, and ::1 are supported with http");
        }
        yield web(address, secrets);
      }
      default ->
          throw new IllegalArgumentException(
              "only postgres hooks and HTTPS functions are supported at the moment");
    };
  }

  private static Hook function(String uri, URI address) {
    var parts = String.valueOf(address.getPath()).split("/", -1);
    if (parts.length < 3) {
      throw new IllegalArgumentException("“" + uri + "” names no schema and function");
    }
    for (var name : List.of(parts[1], parts[2])) {
      if (!PLAIN_NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("“" + name + "” is no plain name");
      }
    }
    return new Function(uri, parts[1], parts[2]);
  }

  private static Hook web(URI address, String secrets) {
    if (address.getHost() == null || address.getUserInfo() != null) {
      throw new IllegalArgumentException("“" + address + "” is no address of a hook");
    }
    var parsed =
        Arrays.stream(secrets.split("\\|"))
            .filter(secret -> !secret.isBlank())
            .map(WebhookSecret::parse)
            .toList();
    if (parsed.isEmpty()) {
      throw new IllegalArgumentException("a hook by web address needs a secret, v1,whsec_…");
    }
    return new Web(address, parsed);
  }
}
