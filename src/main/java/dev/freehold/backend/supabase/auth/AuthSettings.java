package dev.freehold.backend.supabase.auth;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

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
/// @param phone signing in by phone number
/// @param factors second factors
/// @param sessions when sessions end by themselves
/// @param limits how often one address may ask
/// @param captcha whether callers must prove to be people
/// @param webAuthn passkeys and security keys
/// @param oauthServer other programs that may ask Users for access
public record AuthSettings(
    String publicUrl,
    String siteUrl,
    List<String> redirectAllowList,
    Accounts accounts,
    PasswordRules passwords,
    Tokens tokens,
    MailRules mail,
    PhoneRules phone,
    FactorRules factors,
    SessionRules sessions,
    RateLimits limits,
    CaptchaRules captcha,
    WebAuthnRules webAuthn,
    OAuthServerRules oauthServer) {

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
  /// @param currentRequired a change needs the password it replaces
  /// @param hashing how new passwords are kept
  /// @param breaches whether passwords known from breaches are refused
  public record PasswordRules(
      int minLength,
      List<String> requiredCharacters,
      boolean reauthenticate,
      boolean currentRequired,
      Hashing hashing,
      BreachRules breaches) {
    public PasswordRules {
      requiredCharacters = List.copyOf(requiredCharacters);
    }

    public PasswordRules(int minLength, List<String> requiredCharacters, boolean reauthenticate) {
      this(minLength, requiredCharacters, reauthenticate, false, Hashing.BCRYPT, BreachRules.OFF);
    }

    public PasswordRules withCurrentRequired(boolean required) {
      return new PasswordRules(
          minLength, requiredCharacters, reauthenticate, required, hashing, breaches);
    }

    public PasswordRules withHashing(Hashing changed) {
      return new PasswordRules(
          minLength, requiredCharacters, reauthenticate, currentRequired, changed, breaches);
    }

    public PasswordRules withBreaches(BreachRules changed) {
      return new PasswordRules(
          minLength, requiredCharacters, reauthenticate, currentRequired, hashing, changed);
    }
  }

  /// How new passwords are kept. All kinds are checked, whatever is chosen here.
  public enum Hashing {
    BCRYPT,
    ARGON2ID
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
        new MailRules(Duration.ofMinutes(1), 30, true),
        PhoneRules.DEFAULT,
        FactorRules.DEFAULT,
        SessionRules.DEFAULT,
        RateLimits.DEFAULT,
        CaptchaRules.OFF,
        WebAuthnRules.of(publicUrl),
        OAuthServerRules.OFF);
  }

  public AuthSettings withSiteUrl(String changed) {
    return changed(draft -> draft.siteUrl = changed);
  }

  public AuthSettings withRedirectAllowList(List<String> changed) {
    return changed(draft -> draft.redirectAllowList = changed);
  }

  public AuthSettings withAccounts(Accounts changed) {
    return changed(draft -> draft.accounts = changed);
  }

  public AuthSettings withPasswords(PasswordRules changed) {
    return changed(draft -> draft.passwords = changed);
  }

  public AuthSettings withTokens(Tokens changed) {
    return changed(draft -> draft.tokens = changed);
  }

  public AuthSettings withMail(MailRules changed) {
    return changed(draft -> draft.mail = changed);
  }

  public AuthSettings withPhone(PhoneRules changed) {
    return changed(draft -> draft.phone = changed);
  }

  public AuthSettings withFactors(FactorRules changed) {
    return changed(draft -> draft.factors = changed);
  }

  public AuthSettings withSessions(SessionRules changed) {
    return changed(draft -> draft.sessions = changed);
  }

  public AuthSettings withLimits(RateLimits changed) {
    return changed(draft -> draft.limits = changed);
  }

  public AuthSettings withCaptcha(CaptchaRules changed) {
    return changed(draft -> draft.captcha = changed);
  }

  public AuthSettings withWebAuthn(WebAuthnRules changed) {
    return changed(draft -> draft.webAuthn = changed);
  }

  public AuthSettings withOAuthServer(OAuthServerRules changed) {
    return changed(draft -> draft.oauthServer = changed);
  }

  /// The `iss` of every token.
  public String issuer() {
    return publicUrl + "/auth/v1";
  }

  private AuthSettings changed(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /// The settings while one of them changes.
  private static final class Draft {
    private final String publicUrl;
    private String siteUrl;
    private List<String> redirectAllowList;
    private Accounts accounts;
    private PasswordRules passwords;
    private Tokens tokens;
    private MailRules mail;
    private PhoneRules phone;
    private FactorRules factors;
    private SessionRules sessions;
    private RateLimits limits;
    private CaptchaRules captcha;
    private WebAuthnRules webAuthn;
    private OAuthServerRules oauthServer;

    Draft(AuthSettings settings) {
      this.publicUrl = settings.publicUrl;
      this.siteUrl = settings.siteUrl;
      this.redirectAllowList = settings.redirectAllowList;
      this.accounts = settings.accounts;
      this.passwords = settings.passwords;
      this.tokens = settings.tokens;
      this.mail = settings.mail;
      this.phone = settings.phone;
      this.factors = settings.factors;
      this.sessions = settings.sessions;
      this.limits = settings.limits;
      this.captcha = settings.captcha;
      this.webAuthn = settings.webAuthn;
      this.oauthServer = settings.oauthServer;
    }

    AuthSettings settings() {
      return new AuthSettings(
          publicUrl,
          siteUrl,
          redirectAllowList,
          accounts,
          passwords,
          tokens,
          mail,
          phone,
          factors,
          sessions,
          limits,
          captcha,
          webAuthn,
          oauthServer);
    }
  }
}
