package dev.freehold.backend.supabase.auth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the registration of a program must be, in GoTrue's words.
final class OAuthClientRules {
  static final List<String> AUTH_METHODS =
      List.of("none", "client_secret_basic", "client_secret_post");
  static final List<String> GRANT_TYPES = List.of("authorization_code", "refresh_token");
  private static final int MAX_REDIRECTS = 10;
  private static final int MAX_NAME = 1024;
  private static final int MAX_URI = 2048;
  private static final Set<String> DANGEROUS =
      Set.of("javascript", "data", "file", "vbscript", "about", "blob");
  private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private OAuthClientRules() {}

  static void redirects(List<String> uris) {
    if (uris.size() > MAX_REDIRECTS) {
      throw AuthError.validation("redirect_uris cannot exceed 10 items");
    }
    for (var uri : uris) {
      var why = fault(uri);
      if (why != null) {
        throw AuthError.validation("invalid redirect_uri '" + uri + "': " + why);
      }
    }
  }

  private static @Nullable String fault(String uri) {
    if (uri.isEmpty()) {
      return "redirect URI cannot be empty";
    }
    URI parsed;
    try {
      parsed = new URI(uri);
    } catch (URISyntaxException e) {
      return "invalid URL format";
    }
    var scheme = parsed.getScheme();
    // Several are kept in one column with commas between them.
    if (uri.contains(",")) {
      return "comma not allowed in redirect URI";
    }
    if (scheme == null || parsed.getRawAuthority() == null) {
      return "must have scheme and host";
    }
    if (DANGEROUS.contains(scheme.toLowerCase(Locale.ROOT))) {
      return "scheme '" + scheme + "' is not allowed for security reasons";
    }
    if (scheme.equalsIgnoreCase("http") && !HERE.contains(String.valueOf(parsed.getHost()))) {
      return "HTTP scheme only allowed for localhost";
    }
    return parsed.getRawFragment() == null ? null : "fragment not allowed in redirect URI";
  }

  static void grants(List<String> types) {
    if (types.isEmpty()) {
      throw AuthError.validation("grant_types cannot be empty");
    }
    if (!GRANT_TYPES.containsAll(types)) {
      throw AuthError.validation(
          "grant_types must only contain 'authorization_code' and/or 'refresh_token'");
    }
  }

  static void name(String name) {
    if (Addresses.utf8Length(name) > MAX_NAME) {
      throw AuthError.validation("client_name cannot exceed 1024 characters");
    }
  }

  /// @param field `client_uri` or `logo_uri`
  static void page(String field, String uri) {
    if (uri.isEmpty()) {
      return;
    }
    if (Addresses.utf8Length(uri) > MAX_URI) {
      throw AuthError.validation(field + " cannot exceed 2048 characters");
    }
    try {
      var parsed = new URI(uri);
      if (parsed.isAbsolute() || uri.startsWith("/")) {
        return;
      }
    } catch (URISyntaxException e) {
      throw AuthError.validation(field + " must be a valid URL");
    }
    throw AuthError.validation(field + " must be a valid URL");
  }

  /// The kind a registration asks for.
  static String type(String asked, String method) {
    if (!asked.isEmpty()
        && !asked.equals(OAuthClient.PUBLIC)
        && !asked.equals(OAuthClient.CONFIDENTIAL)) {
      throw AuthError.validation("client_type must be 'public' or 'confidential'");
    }
    if (!method.isEmpty() && !AUTH_METHODS.contains(method)) {
      throw AuthError.validation(
          "token_endpoint_auth_method must be one of: [none client_secret_basic"
              + " client_secret_post]");
    }
    var fitting = method.equals("none") ? OAuthClient.PUBLIC : OAuthClient.CONFIDENTIAL;
    if (!asked.isEmpty() && !method.isEmpty() && !asked.equals(fitting)) {
      throw AuthError.validation(
          "client_type '"
              + asked
              + "' is inconsistent with token_endpoint_auth_method '"
              + method
              + "' (expected client_type '"
              + fitting
              + "')");
    }
    return asked.isEmpty() ? fitting : asked;
  }

  /// A changed method must fit the kind, which never changes.
  static void method(String method, String type) {
    if (!AUTH_METHODS.contains(method)) {
      throw AuthError.validation(
          "invalid token_endpoint_auth_method: must be one of [none client_secret_basic"
              + " client_secret_post]");
    }
    if (method.equals("none") == type.equals(OAuthClient.CONFIDENTIAL)) {
      throw AuthError.validation(
          "token_endpoint_auth_method '"
              + method
              + "' is not valid for client_type '"
              + type
              + "'; valid methods: "
              + (type.equals(OAuthClient.PUBLIC)
                  ? "[none]"
                  : "[client_secret_basic client_secret_post]"));
    }
  }
}
