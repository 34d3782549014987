package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.ProcessPass;
import dev.freehold.backend.mail.MailGateway;
import dev.freehold.backend.mail.MailLimits;
import java.util.List;
import java.util.Map;

/// One Environment's mail gateway: where it is, who is let in, and what its processes are told, so
/// that calls of the Vendor's mail service come here.
record EnvironmentMail(Environment environment, EnvironmentSecrets own) {
  /// Where the gateway is mounted.
  static final String PREFIX = "/~mail";

  /// Whose calls come here, and which: the Vendor's interface has other parts.
  private static final List<String> VENDOR_HOSTS = List.of("api.lovable.dev");

  private static final String VENDOR_PATH = "/v1/messaging/email/";

  private ProcessPass pass() {
    return new ProcessPass(own.mailSecret(environment));
  }

  /// Which calls of a process come to the gateway.
  ///
  /// @param publicUrl the app's own address
  /// @param caller the function's name, or [VendorCalls#SERVER]
  Map<String, Object> way(String publicUrl, String caller) {
    return Map.of(
        "hosts",
        VENDOR_HOSTS,
        "path",
        VENDOR_PATH,
        "url",
        publicUrl + PREFIX,
        "token",
        pass().of(caller));
  }

  MailGateway gateway(MailGateway.Ground ground, MailGateway.Outbox outbox) {
    var scope = new MailGateway.Scope(environment.id(), VendorCalls.words(environment), pass());
    return new MailGateway(scope, MailLimits.DEFAULT, ground, outbox);
  }
}
