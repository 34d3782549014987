package dev.freehold.backend.supabase.mail;

import java.time.Instant;
import java.util.List;

/// A mail of an App's own, as its code handed it over. It goes out under the owner's address, with
/// the name that the App chose.
///
/// @param id unique; the same when the same mail is sent again, so that mail programs can tell
/// @param label what it is about, in the App's words; may be empty
/// @param to plain addresses, as those of `cc` and `bcc`
/// @param senderName stands before the owner's address; empty for the owner's own name
/// @param replyTo a plain address; empty: answers go to the owner's address
/// @param html empty where there is only text
/// @param text empty where it is to be made of the HTML
/// @param unsubscribe the address that takes the reader off the list (RFC 8058); empty: none
public record AppMail(
    Instant at,
    String id,
    String label,
    List<String> to,
    List<String> cc,
    List<String> bcc,
    String senderName,
    String replyTo,
    String subject,
    String html,
    String text,
    String unsubscribe) {
  public AppMail {
    to = List.copyOf(to);
    cc = List.copyOf(cc);
    bcc = List.copyOf(bcc);
    label = Letter.oneLine(label);
    senderName = Letter.oneLine(senderName);
  }

  Letter letter() {
    return new Letter(subject, html, text.isBlank() ? PlainText.of(html) : text);
  }

  @Override
  public String toString() {
    return "mail “" + label + "”";
  }
}
