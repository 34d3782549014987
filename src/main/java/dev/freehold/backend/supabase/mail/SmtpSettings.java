package dev.freehold.backend.supabase.mail;

import dev.freehold.problem.Problem;
import java.util.Set;

/// The mail server that an App's mails go through, and whose name they bear.
///
/// @param host the server's name or address
/// @param port 1 to 65535; 587 and 465 are usual
/// @param security how the connection is protected
/// @param user empty where the server wants none
/// @param password empty with an empty user; [#toString] keeps it
/// @param senderName what stands before the address; may be empty
/// @param senderAddress the address mails come from
public record SmtpSettings(
    String host,
    int port,
    Security security,
    String user,
    String password,
    String senderName,
    String senderAddress) {
  private static final int MAX_CHARS = 255;
  private static final int IMPLICIT_TLS_PORT = 465;
  private static final int MAX_PORT = 65_535;
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

  /// How the connection to the server is protected.
  public enum Security {
    /// TLS from the first byte.
    TLS,
    /// TLS after `STARTTLS`, which the server must offer.
    STARTTLS,
    /// None: for a server on this machine alone.
    NONE;

    /// The word for it in settings and commands.
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public SmtpSettings {
    if (!host.matches("[A-Za-z0-9.:_-]{1," + MAX_CHARS + "}")) {
      throw invalid("the host is a name or an address, such as smtp.example.com");
    }
    if (port < 1 || port > MAX_PORT) {
      throw invalid("the port is a number from 1 to " + MAX_PORT);
    }
    if (!senderAddress.matches("[^\\s\\p{Cntrl}<>\",;:]+@[^\\s\\p{Cntrl}<>\",;:@]+")
        || senderAddress.length() > MAX_CHARS) {
      throw invalid("the sender is an e-mail address, such as hello@example.com");
    }
    if (senderName.matches("(?s).*\\p{Cntrl}.*") || senderName.length() > MAX_CHARS) {
      throw invalid("the sender's name is one line of at most " + MAX_CHARS + " characters");
    }
    if (user.isEmpty() != password.isEmpty()) {
      throw invalid("a user and a password go together");
    }
    if (security == Security.NONE && !LOOPBACK.contains(host)) {
      throw invalid("without TLS a mail server is used on this machine only");
    }
  }

  /// What a person most likely means by a host, a port and a word that may be empty.
  ///
  /// @param word `tls`, `starttls`, `none`, or empty: TLS on port 465, none on loopback, STARTTLS
  ///   everywhere else
  public static Security security(String word, String host, int port) {
    if (word.isEmpty()) {
      return port == IMPLICIT_TLS_PORT
          ? Security.TLS
          : LOOPBACK.contains(host) ? Security.NONE : Security.STARTTLS;
    }
    for (var security : Security.values()) {
      if (security.word().equals(word)) {
        return security;
      }
    }
    throw invalid("the protection is tls, starttls or none");
  }

  private static RuntimeException invalid(String why) {
    return Problem.of("smtp-settings-invalid", why)
        .hint("freehold auth smtp set --help shows an example; nothing was changed")
        .raise();
  }

  @Override
  public String toString() {
    return "SmtpSettings[" + host + ":" + port + " " + security.word() + "]";
  }
}
