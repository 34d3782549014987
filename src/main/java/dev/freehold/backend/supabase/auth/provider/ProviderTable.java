package dev.freehold.backend.supabase.auth.provider;

import dev.freehold.backend.supabase.auth.provider.ProviderKind.Place;
import dev.freehold.backend.supabase.auth.provider.ProviderKind.Trait;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The providers GoTrue knows, one line each. Addresses and scopes are each provider's own public
/// ones; a provider is added by a line here and a reader in [Profiles] or [IdTokenProfiles].
final class ProviderTable {
  private static final Place NOWHERE = new Place("", "");
  private static final Map<String, ProviderKind> KINDS = table();

  private ProviderTable() {}

  static Optional<ProviderKind> named(String name) {
    return Optional.ofNullable(KINDS.get(name));
  }

  static List<String> names() {
    return List.copyOf(KINDS.keySet());
  }

  /// A provider of the owner's own, by OpenID Connect.
  static ProviderKind custom(ProviderSettings settings) {
    return new ProviderKind(
        settings.name(),
        settings.name().substring(ProviderKind.CUSTOM_PREFIX.length()),
        settings.url(),
        NOWHERE,
        NOWHERE,
        NOWHERE,
        settings.scopes().contains("openid") ? List.of() : List.of("openid"),
        IdTokenProfiles::generic,
        Set.of(Trait.ID_TOKEN, Trait.ISSUER, Trait.PKCE, Trait.OWN_INSTANCE),
        "");
  }

  private static Map<String, ProviderKind> table() {
    var all = new LinkedHashMap<String, ProviderKind>();
    idTokenKinds(all);
    codeKinds(all);
    midCodeKinds(all);
    moreCodeKinds(all);
    lastCodeKinds(all);
    return all;
  }

  private static void idTokenKinds(Map<String, ProviderKind> all) {
    add(
        all,
        new ProviderKind(
            "apple",
            "Apple",
            IdTokenProfiles.APPLE,
            new Place("appleid.apple.com", "/auth/authorize"),
            new Place("appleid.apple.com", "/auth/token"),
            NOWHERE,
            List.of("email", "name"),
            IdTokenProfiles::apple,
            Set.of(Trait.ID_TOKEN, Trait.ISSUER, Trait.FORM_POST),
            "https://developer.apple.com/account/resources/identifiers"));
    add(
        all,
        new ProviderKind(
            "azure",
            "Microsoft",
            "",
            new Place("login.microsoftonline.com/common", "/oauth2/v2.0/authorize"),
            new Place("login.microsoftonline.com/common", "/oauth2/v2.0/token"),
            NOWHERE,
            List.of("openid"),
            IdTokenProfiles::azure,
            Set.of(Trait.ID_TOKEN),
            "https://entra.microsoft.com (App registrations)"));
    add(
        all,
        new ProviderKind(
            "google",
            "Google",
            IdTokenProfiles.GOOGLE,
            new Place("accounts.google.com", "/o/oauth2/v2/auth"),
            new Place("oauth2.googleapis.com", "/token"),
            NOWHERE,
            List.of("email", "profile", "openid"),
            IdTokenProfiles::google,
            Set.of(Trait.ID_TOKEN, Trait.ISSUER, Trait.PKCE),
            "https://console.cloud.google.com/apis/credentials"));
    add(
        all,
        new ProviderKind(
            "linkedin_oidc",
            "LinkedIn",
            IdTokenProfiles.LINKEDIN,
            new Place("www.linkedin.com", "/oauth/v2/authorization"),
            new Place("www.linkedin.com", "/oauth/v2/accessToken"),
            NOWHERE,
            List.of("openid", "email", "profile"),
            IdTokenProfiles::linkedin,
            Set.of(Trait.ID_TOKEN),
            "https://www.linkedin.com/developers/apps"));
  }

  private static void codeKinds(Map<String, ProviderKind> all) {
    add(
        all,
        code("bitbucket", "Bitbucket", "https://bitbucket.org (workspace, OAuth consumers)")
            .pages(
                "bitbucket.org",
                "/site/oauth2/authorize",
                "bitbucket.org",
                "/site/oauth2/access_token")
            .api("api.bitbucket.org", "/2.0")
            .ask("account", "email")
            .by(Profiles::bitbucket));
    add(
        all,
        code("discord", "Discord", "https://discord.com/developers/applications")
            .pages("discord.com", "/api/oauth2/authorize", "discord.com", "/api/oauth2/token")
            .api("discord.com", "/api")
            .ask("email", "identify")
            .by(Profiles::discord));
    add(
        all,
        code("facebook", "Facebook", "https://developers.facebook.com/apps")
            .pages("www.facebook.com", "/dialog/oauth", "graph.facebook.com", "/oauth/access_token")
            .api("graph.facebook.com", "")
            .issuer(IdTokenProfiles.FACEBOOK)
            .ask("email")
            .by(Profiles::facebook));
    add(
        all,
        code("figma", "Figma", "https://www.figma.com/developers/apps")
            .pages("www.figma.com", "/oauth", "api.figma.com", "/v1/oauth/token")
            .api("api.figma.com", "")
            .ask("current_user:read")
            .by(Profiles::figma, Trait.BASIC));
    add(
        all,
        code("fly", "Fly.io", "https://fly.io/docs/reference/extensions_api")
            .pages("api.fly.io", "/oauth/authorize", "api.fly.io", "/oauth/token")
            .api("api.fly.io", "")
            .ask("read")
            .by(Profiles::fly));
  }

  private static void midCodeKinds(Map<String, ProviderKind> all) {
    add(
        all,
        code("github", "GitHub", "https://github.com/settings/developers")
            .pages(
                "github.com", "/login/oauth/authorize", "github.com", "/login/oauth/access_token")
            .api("api.github.com", "")
            .ask("user:email")
            .by(Profiles::github));
    add(
        all,
        code("gitlab", "GitLab", "https://gitlab.com/-/user_settings/applications")
            .pages("gitlab.com", "/oauth/authorize", "gitlab.com", "/oauth/token")
            .api("gitlab.com", "")
            .ask("read_user")
            .by(Profiles::gitlab, Trait.PKCE));
    add(
        all,
        code("kakao", "Kakao", "https://developers.kakao.com/console/app")
            .pages("kauth.kakao.com", "/oauth/authorize", "kauth.kakao.com", "/oauth/token")
            .api("kapi.kakao.com", "")
            .issuer(IdTokenProfiles.KAKAO)
            .ask("account_email", "profile_image", "profile_nickname")
            .by(Profiles::kakao));
    add(
        all,
        code("keycloak", "Keycloak", "your Keycloak's own console (realm, Clients)")
            .pages("", "/protocol/openid-connect/auth", "", "/protocol/openid-connect/token")
            .api("", "")
            .ask("profile", "email", "openid")
            .by(Profiles::keycloak, Trait.PKCE, Trait.OWN_INSTANCE));
  }

  private static void moreCodeKinds(Map<String, ProviderKind> all) {
    add(
        all,
        code("linkedin", "LinkedIn (old)", "https://www.linkedin.com/developers/apps")
            .pages(
                "www.linkedin.com",
                "/oauth/v2/authorization",
                "www.linkedin.com",
                "/oauth/v2/accessToken")
            .api("api.linkedin.com", "")
            .ask("r_emailaddress", "r_liteprofile")
            .by(Profiles::linkedin));
    add(
        all,
        code("notion", "Notion", "https://www.notion.so/my-integrations")
            .pages("api.notion.com", "/v1/oauth/authorize", "api.notion.com", "/v1/oauth/token")
            .api("api.notion.com", "")
            .ask()
            .by(Profiles::notion, Trait.BASIC));
    add(
        all,
        code("slack", "Slack (old)", "https://api.slack.com/apps")
            .pages("slack.com", "/oauth/authorize", "slack.com", "/api/oauth.access")
            .api("slack.com", "/api")
            .ask("profile", "email", "openid")
            .by(Profiles::slack));
    add(
        all,
        code("slack_oidc", "Slack", "https://api.slack.com/apps")
            .pages(
                "slack.com", "/openid/connect/authorize", "slack.com", "/api/openid.connect.token")
            .api("slack.com", "/api")
            .ask("profile", "email", "openid")
            .by(Profiles::slackOidc));
    add(
        all,
        code("snapchat", "Snapchat", "https://kit.snapchat.com/manage")
            .pages(
                "accounts.snapchat.com",
                "/accounts/oauth2/auth",
                "accounts.snapchat.com",
                "/accounts/oauth2/token")
            .api("kit.snapchat.com", "")
            .issuer(IdTokenProfiles.SNAPCHAT)
            .ask(
                "https://auth.snapchat.com/oauth2/api/user.external_id",
                "https://auth.snapchat.com/oauth2/api/user.display_name",
                "https://auth.snapchat.com/oauth2/api/user.bitmoji.avatar")
            .by(Profiles::snapchat));
  }

  private static void lastCodeKinds(Map<String, ProviderKind> all) {
    add(
        all,
        code("spotify", "Spotify", "https://developer.spotify.com/dashboard")
            .pages("accounts.spotify.com", "/authorize", "accounts.spotify.com", "/api/token")
            .api("api.spotify.com", "/v1")
            .ask("user-read-email")
            .by(Profiles::spotify, Trait.PKCE));
    add(
        all,
        code("twitch", "Twitch", "https://dev.twitch.tv/console/apps")
            .pages("id.twitch.tv", "/oauth2/authorize", "id.twitch.tv", "/oauth2/token")
            .api("api.twitch.tv", "")
            .ask("user:read:email")
            .by(Profiles::twitch));
    add(
        all,
        code("workos", "WorkOS", "https://dashboard.workos.com")
            .pages("api.workos.com", "/sso/authorize", "api.workos.com", "/sso/token")
            .api("api.workos.com", "")
            .ask()
            .by(Profiles::workos));
    add(
        all,
        code("x", "X", "https://developer.x.com/en/portal/dashboard")
            .pages("x.com", "/i/oauth2/authorize", "api.x.com", "/2/oauth2/token")
            .api("api.x.com", "")
            .ask("users.email", "tweet.read", "users.read", "offline.access")
            .by(Profiles::x, Trait.PKCE, Trait.BASIC));
    add(
        all,
        code("zoom", "Zoom", "https://marketplace.zoom.us/develop/create")
            .pages("zoom.us", "/oauth/authorize", "zoom.us", "/oauth/token")
            .api("api.zoom.us", "/v2")
            .ask()
            .by(Profiles::zoom, Trait.BASIC));
  }

  private static void add(Map<String, ProviderKind> all, ProviderKind kind) {
    all.put(kind.name(), kind);
  }

  private static CodeKind code(String name, String title, String console) {
    return new CodeKind(name, title, console);
  }

  /// Spells a line of the table for a provider that is asked by its API.
  private static final class CodeKind {
    private final String name;
    private final String title;
    private final String console;
    private String issuer = "";
    private Place authorize = NOWHERE;
    private Place token = NOWHERE;
    private Place api = NOWHERE;
    private List<String> scopes = List.of();

    CodeKind(String name, String title, String console) {
      this.name = name;
      this.title = title;
      this.console = console;
    }

    CodeKind pages(String authorizeHost, String authorizePath, String tokenHost, String tokenPath) {
      authorize = new Place(authorizeHost, authorizePath);
      token = new Place(tokenHost, tokenPath);
      return this;
    }

    CodeKind api(String host, String path) {
      api = new Place(host, path);
      return this;
    }

    CodeKind issuer(String ofIdTokens) {
      issuer = ofIdTokens;
      return this;
    }

    CodeKind ask(String... wanted) {
      scopes = List.of(wanted);
      return this;
    }

    ProviderKind by(ProfileReader reader, Trait... traits) {
      return new ProviderKind(
          name, title, issuer, authorize, token, api, scopes, reader, Set.of(traits), console);
    }
  }
}
