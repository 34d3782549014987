package dev.freehold.backend.supabase.auth;

import java.time.Duration;
import java.util.List;

/// How the auth server of one Environment behaves. Defaults are GoTrue's, but for confirmation:
/// until the owner sets up mail, new addresses count as confirmed.
///
/// @param publicUrl where the App's API is reached from outside, without a slash at its end, for
///   example `https://shop.example.com`; tokens are issued by `<publicUrl>/auth/v1`
/// @param siteUrl where links lead when no allowed target is asked for
/// @param redirectAllowList further targets of links, as globs with `*` and `**`
/// @param accounts who may have an account, and how
/// @param passwords what a password must be
/// @param tokens how long things are valid
/// @param mail how much is sent
public record AuthSettings(
    String publicUrl,
    String siteUrl,
    List<String> redirectAllowList,
    Accounts accounts,
    PasswordRules passwords,
    Tokens tokens,
    MailRules mail) {

  /// Who may have an account, and how.
  ///
  /// @param signupDisabled nobody may register; the admin routes still may
  /// @param emailEnabled sign-in by e-mail address
  /// @param anonymousEnabled accounts without any address
  /// @param autoconfirm new addresses count as confirmed, no mail is sent for them
  public record Accounts(
      boolean signupDisabled,
      boolean emailEnabled,
      boolean anonymousEnabled,
      boolean autoconfirm) {}

  /// What a password must be.
  ///
  /// @param minLength characters
  /// @param requiredCharacters sets of characters of each of which it must have one
  /// @param reauthenticate a change needs a mailed nonce when the session is older than a day
  public record PasswordRules(
      int minLength, List<String> requiredCharacters, boolean reauthenticate) {
    public PasswordRules {
      requiredCharacters = List.copyOf(requiredCharacters);
    }
  }

  /// How long things are valid.
  ///
  /// @param access an access token
  /// @param mailed a mailed link or code
  /// @param flow a PKCE flow between its start and its exchange
  /// @param reuse how long a refresh token may be used again after its first use
  /// @param codeDigits digits of a mailed code, 6 to 10
  public record Tokens(
      Duration access, Duration mailed, Duration flow, Duration reuse, int codeDigits) {}

  /// How much is sent.
  ///
  /// @param interval least time between two mails to one user
  /// @param perHour mails in all
  /// @param secureEmailChange a new address is confirmed at the old one too
  public record MailRules(Duration interval, int perHour, boolean secureEmailChange) {}

  public AuthSettings {
    redirectAllowList = List.copyOf(redirectAllowList);
  }

  /// The defaults for an App that is served, with its API, at `publicUrl`.
  public static AuthSettings at(String publicUrl) {
    return new AuthSettings(
        publicUrl,
        publicUrl,
        List.of(publicUrl + "/**"),
        new Accounts(false, true, false, true),
        new PasswordRules(6, List.of(), false),
        new Tokens(
            Duration.ofHours(1),
            Duration.ofDays(1),
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            6),
        new MailRules(Duration.ofMinutes(1), 30, true));
  }

  public AuthSettings withSiteUrl(String url) {
    return new AuthSettings(publicUrl, url, redirectAllowList, accounts, passwords, tokens, mail);
  }

  public AuthSettings withRedirectAllowList(List<String> globs) {
    return new AuthSettings(publicUrl, siteUrl, globs, accounts, passwords, tokens, mail);
  }

  public AuthSettings withAccounts(Accounts changed) {
    return new AuthSettings(
        publicUrl, siteUrl, redirectAllowList, changed, passwords, tokens, mail);
  }

  public AuthSettings withPasswords(PasswordRules changed) {
    return new AuthSettings(publicUrl, siteUrl, redirectAllowList, accounts, changed, tokens, mail);
  }

  public AuthSettings withTokens(Tokens changed) {
    return new AuthSettings(
        publicUrl, siteUrl, redirectAllowList, accounts, passwords, changed, mail);
  }

  public AuthSettings withMail(MailRules changed) {
    return new AuthSettings(
        publicUrl, siteUrl, redirectAllowList, accounts, passwords, tokens, changed);
  }

  /// The `iss` of every token.
  public String issuer() {
    return publicUrl + "/auth/v1";
  }
}
