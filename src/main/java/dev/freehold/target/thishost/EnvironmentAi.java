package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.ProcessPass;
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

  private static final String PROVIDER = "ai-provider";

  /// Whose calls come here.
  private static final List<String> VENDOR_HOSTS = List.of("ai.gateway.lovable.dev");

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

  ProcessPass pass() {
    return new ProcessPass(own.aiSecret(environment));
  }

  /// As the owner names the Environment to the command line.
  String words() {
    return VendorCalls.words(environment);
  }

  /// Which calls of a process come to the gateway.
  ///
  /// @param publicUrl the app's own address
  /// @param caller the function's name, or [VendorCalls#SERVER]
  Map<String, Object> way(String publicUrl, String caller) {
    return Map.of("hosts", VENDOR_HOSTS, "url", publicUrl + PREFIX, "token", pass().of(caller));
  }
}
