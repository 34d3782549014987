package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.secret.Secrets;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// What the processes of one Environment are told, so that their calls of the Vendor's services
/// come to this machine's own.
record VendorCalls(Environment environment, Secrets secrets, EnvironmentSecrets own) {
  /// Who calls when it is the app's server and not a function.
  static final String SERVER = "server";

  /// As the owner names the Environment to the command line.
  static String words(Environment environment) {
    var app = environment.app().text();
    return environment.name().equals(Environment.PRODUCTION)
        ? app
        : app + " --env " + environment.name();
  }

  /// Variables of a process.
  ///
  /// @param publicUrl the app's own address
  /// @param caller the function's name, or [#SERVER]
  Map<String, String> variables(String publicUrl, String caller) {
    var ways =
        List.of(
            new EnvironmentAi(environment, secrets, own).way(publicUrl, caller),
            new EnvironmentMail(environment, own).way(publicUrl, caller));
    return Map.of(
        "LOVABLE_API_KEY",
        own.vendorKey(environment),
        "FREEHOLD_CALLS",
        JsonMapper.shared().writeValueAsString(ways));
  }
}
