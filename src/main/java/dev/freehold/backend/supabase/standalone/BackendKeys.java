package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.ApiKeys;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.JwtKeys;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The keys a configuration gives, or the ones everybody knows.
final class BackendKeys {
  /// What the Supabase CLI gives every local stack. Public knowledge, so no protection at all.
  private static final String DEMO_SECRET =
      "super-secret-jwt-token-with-at-least-32-characters-long";

  private static final String DEMO_HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";

  private static final String DEMO_ANON =
      DEMO_HEADER
          + "eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAiOjE5ODM4MTI5OTZ9"
          + ".CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0";

  private static final String DEMO_SERVICE_ROLE =
      DEMO_HEADER
          + "eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9sZSIsImV4cCI6MTk4MzgxMjk5Nn0"
          + ".EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU";

  private static final String DEMO_PUBLISHABLE = "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH";
  private static final String DEMO_SECRET_KEY = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz";

  /// A key file is a few kilobytes.
  private static final long MAX_KEY_FILE_BYTES = 1 << 20;

  private BackendKeys() {}

  /// @throws dev.freehold.problem.ProblemException `backend-demo-keys-exposed`,
  ///   `backend-setting-missing`, `backend-setting-invalid`, `jwt-keys-invalid`
  static EnvironmentKeys of(BackendConfiguration configuration) {
    boolean demo = configuration.flag(DEMO_KEYS);
    if (demo && !isLoopback(configuration.text(HOST))) {
      throw Problem.of("backend-demo-keys-exposed", "the demo keys are known to everybody")
          .detail("host = \"" + configuration.text(HOST) + "\" can be reached from elsewhere")
          .hint("listen on 127.0.0.1, or set keys of your own: freehold backend --example")
          .raise();
    }
    var secret = text(configuration, JWT_SECRET, demo ? DEMO_SECRET : "");
    var api =
        new ApiKeys(
            optional(configuration, PUBLISHABLE_KEY, demo ? DEMO_PUBLISHABLE : ""),
            optional(configuration, SECRET_KEY, demo ? DEMO_SECRET_KEY : ""),
            text(configuration, ANON_KEY, demo ? DEMO_ANON : ""),
            text(configuration, SERVICE_ROLE_KEY, demo ? DEMO_SERVICE_ROLE : ""),
            List.of());
    var keys = optional(configuration, JWT_KEYS, "");
    var jwt =
        keys.isEmpty() ? JwtKeys.withSecretAlone(secret) : JwtKeys.withSecretAndKeys(secret, keys);
    return new EnvironmentKeys(jwt, api);
  }

  /// A name that stands for any address but loopback's counts as exposed.
  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String text(
      BackendConfiguration configuration, BackendOption option, String usual) {
    var text = optional(configuration, option, usual);
    if (text.isEmpty()) {
      throw BackendConfiguration.missing(
              option,
              "freehold backend --example prints a file with new keys; demo-keys = true takes the"
                  + " Supabase CLI's, on this machine alone")
          .raise();
    }
    return text;
  }

  /// After an `@`, the content of the file it names.
  private static String optional(
      BackendConfiguration configuration, BackendOption option, String usual) {
    var text = configuration.has(option) ? configuration.text(option) : usual;
    return text.startsWith("@") ? content(option, Path.of(text.substring(1))) : text;
  }

  private static String content(BackendOption option, Path file) {
    try {
      if (Files.size(file) <= MAX_KEY_FILE_BYTES) {
        return Files.readString(file).strip();
      }
    } catch (IOException e) {
      throw BackendConfiguration.invalid(option, "the file it names cannot be read: " + file)
          .raise(e);
    }
    throw BackendConfiguration.invalid(option, "the file it names is too large: " + file).raise();
  }
}
