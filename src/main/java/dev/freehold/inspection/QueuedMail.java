package dev.freehold.inspection;

import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Finds mails that an app hands to its Vendor's mail service: at once, or by a queue that Lovable
/// has worked off by a job and a secret which no export holds.
final class QueuedMail {
  private static final String VENDOR_MAIL = "@lovable.dev/email-js";
  private static final String SENDING = "sendLovableEmail";

  private QueuedMail() {}

  static void tell(Sources sources, List<EdgeFunction> functions, Consumer<Finding> findings) {
    var sending = new TreeSet<String>();
    functions.stream()
        .filter(function ->
            function.imports().stream().anyMatch(module -> module.contains(VENDOR_MAIL)))
        .map(EdgeFunction::entry)
        .filter(entry -> sources.code(entry).text().contains(SENDING))
        .forEach(sending::add);
    for (var code : sources.shipped()) {
      if (code.text().contains(VENDOR_MAIL) && code.text().contains(SENDING)) {
        sending.add(code.path());
      }
    }
    if (!sending.isEmpty()) {
      findings.accept(
          Finding.note(
              "mail-at-vendor",
              "the app's own mails went through Lovable's mail service; here they leave by your"
                  + " mail server, the code unchanged",
              sending.stream().map(Place::whole).toList(),
              "until one is set (freehold auth smtp set) they stay on this machine: freehold mail"
                  + " list; docs/how-to/send-mail.md"));
    }
  }
}
