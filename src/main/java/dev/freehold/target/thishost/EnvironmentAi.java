package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.ai.AiPass;
import dev.freehold.backend.ai.AiProvider;
import dev.freehold.secret.Secrets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// What is kept of one Environment's AI gateway: the provider, sealed as a whole for its key is in
/// it; and what its processes are told, so that calls of the Vendor's gateway come here.
record EnvironmentAi(Environment environment, Secrets secrets, EnvironmentSecrets own) {
  /// Where the gateway is mounted.
  static final String PREFIX = "/~ai";

  /// Who calls when it is the app's server and not a function.
  static final String SERVER = "server";

  private static final String PROVIDER = "ai-provider";

  /// Whose calls come here.
  private static final List<String> VENDOR_HOSTS = List.of("ai.gateway.lovable.dev");

  /// Stands where code asks whether there is a key at all. No secret: code sends it to other
  /// services of the Vendor too.
  private static final String NO_KEY = "freehold";

  private static final JsonMapper JSON = JsonMapper.shared();

  Optional<AiProvider> provider() {
    return secrets.own(environment, PROVIDER).map(text -> JSON.readValue(text, AiProvider.class));
  }

  void keep(AiProvider provider) {
    secrets.keepOwn(environment, PROVIDER, JSON.writeValueAsString(provider));
  }

  /// With every key that was ever kept.
  void forget() {
    secrets.forgetOwn(environment, PROVIDER);
  }

  AiPass pass() {
    return new AiPass(own.aiSecret(environment));
  }

  /// As the owner names the Environment to the command line.
  String words() {
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
    var way = Map.of("hosts", VENDOR_HOSTS, "url", publicUrl + PREFIX, "token", pass().of(caller));
    return Map.of("LOVABLE_API_KEY", NO_KEY, "FREEHOLD_AI", JSON.writeValueAsString(way));
  }
}
