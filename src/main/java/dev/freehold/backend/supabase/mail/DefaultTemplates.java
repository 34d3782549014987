package dev.freehold.backend.supabase.mail;

import java.util.Map;

/// The words of every mail, for an App that brings none of its own.
final class DefaultTemplates {
  /// @param subject a template too
  /// @param body HTML
  record Words(String subject, String body) {}

  private static final String PAGE =
      """
      <!doctype html>
      <html>
      <body style="font-family: sans-serif; line-height: 1.5; color: #1a1a1a">
      %s
      </body>
      </html>
      """;
  private static final String CODE = "<p>Or type this code: <strong>{{ .Token }}</strong></p>";
  private static final String IGNORE =
      "<p>If you did not ask for this, you can leave this mail alone.</p>";
  private static final String ALARM =
      "<p>If this was not you, reset your password and tell whoever runs {{ .SiteURL }}.</p>";

  private static final Map<String, Words> WORDS =
      Map.ofEntries(
          asking(
              "confirmation",
              "Please confirm your e-mail address",
              "Confirm your e-mail address",
              "Somebody, hopefully you, registered at {{ .SiteURL }} with {{ .Email }}.",
              "Confirm this address"),
          asking(
              "invite",
              "You are invited",
              "You are invited",
              "You were invited to join {{ .SiteURL }}.",
              "Accept the invitation"),
          asking(
              "magic_link",
              "Your link to sign in",
              "Sign in",
              "This link signs you in at {{ .SiteURL }}. It works once.",
              "Sign in"),
          asking(
              "recovery",
              "Choose a new password",
              "Choose a new password",
              "Somebody asked to reset the password of {{ .Email }} at {{ .SiteURL }}.",
              "Choose a new password"),
          asking(
              "email_change",
              "Please confirm your change of address",
              "Confirm your change of address",
              "The address of your account at {{ .SiteURL }} is to change from {{ .Email }} to"
                  + " {{ .NewEmail }}.",
              "Confirm the change"),
          Map.entry(
              "reauthentication",
              words(
                  "{{ .Token }} is your code",
                  "<h2>It is you, is it?</h2>\n<p>Type this code at {{ .SiteURL }}:"
                      + " <strong>{{ .Token }}</strong></p>\n"
                      + IGNORE)),
          notice(
              "password_changed",
              "Your password has changed",
              "The password of {{ .Email }} at {{ .SiteURL }} has just changed."),
          notice(
              "email_changed",
              "Your e-mail address has changed",
              "The address of your account at {{ .SiteURL }} has changed from {{ .OldEmail }} to"
                  + " {{ .Email }}."),
          notice(
              "phone_changed",
              "Your phone number has changed",
              "The phone number of {{ .Email }} at {{ .SiteURL }} has changed from"
                  + " {{ .OldPhone }} to {{ .Phone }}."),
          notice(
              "identity_linked",
              "A way to sign in was added",
              "{{ .Provider }} can now be used to sign in as {{ .Email }} at {{ .SiteURL }}."),
          notice(
              "identity_unlinked",
              "A way to sign in was removed",
              "{{ .Provider }} can no longer be used to sign in as {{ .Email }} at"
                  + " {{ .SiteURL }}."),
          notice(
              "mfa_factor_enrolled",
              "A second factor was added",
              "A second factor ({{ .FactorType }}) now protects {{ .Email }} at {{ .SiteURL }}."),
          notice(
              "mfa_factor_unenrolled",
              "A second factor was removed",
              "A second factor ({{ .FactorType }}) no longer protects {{ .Email }} at"
                  + " {{ .SiteURL }}."));

  private DefaultTemplates() {}

  /// The words of a template.
  ///
  /// @param name as `supabase/config.toml` calls it
  static Words of(String name) {
    var words = WORDS.get(name);
    if (words == null) {
      throw new IllegalStateException("there is no mail “" + name + "”");
    }
    return words;
  }

  static boolean isKnown(String name) {
    return WORDS.containsKey(name);
  }

  private static Map.Entry<String, Words> asking(
      String name, String subject, String heading, String what, String button) {
    var link = "<p><a href=\"{{ .ConfirmationURL }}\">" + button + "</a></p>";
    var body =
        String.join("\n", "<h2>" + heading + "</h2>", "<p>" + what + "</p>", link, CODE, IGNORE);
    return Map.entry(name, words(subject, body));
  }

  private static Map.Entry<String, Words> notice(String name, String subject, String what) {
    return Map.entry(
        name, words(subject, "<h2>" + subject + "</h2>\n<p>" + what + "</p>\n" + ALARM));
  }

  private static Words words(String subject, String body) {
    return new Words(subject, PAGE.formatted(body));
  }
}
