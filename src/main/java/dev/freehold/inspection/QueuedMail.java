package dev.freehold.inspection;

import java.util.List;
import java.util.function.Consumer;

/// Finds mails that an app puts into a queue which its Vendor worked off: Lovable makes the job
/// that calls the function, and the service key in the vault, from outside of the schema
/// migrations, and the function hands the mails to Lovable's own mail service.
final class QueuedMail {
  private static final String VENDOR_MAIL = "@lovable.dev/email-js";

  private QueuedMail() {}

  static void tell(Sources sources, List<EdgeFunction> functions, Consumer<Finding> findings) {
    var sending =
        functions.stream()
            .filter(function ->
                function.imports().stream().anyMatch(module -> module.contains(VENDOR_MAIL)))
            .filter(function -> sources.code(function.entry()).text().contains("sendLovableEmail"))
            .map(function -> Place.whole(function.entry()))
            .toList();
    if (!sending.isEmpty()) {
      findings.accept(
          Finding.warning(
              "mail-at-vendor",
              "the app's own mails go through Lovable's mail service",
              sending,
              "they stay in the app's queue: let the function send through a mail service of your"
                  + " own, then schedule it: docs/how-to/send-mail.md"));
    }
  }
}
