package dev.freehold.backend.supabase.auth.provider;

import static dev.freehold.backend.supabase.auth.provider.Claims.flag;
import static dev.freehold.backend.supabase.auth.provider.Claims.text;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/// Readers of providers that are asked by their own API: each one's words into GoTrue's.
final class Profiles {
  private static final String NOTION_VERSION = "2021-08-16";
  private static final String X_FIELDS =
      "id,name,username,confirmed_email,profile_image_url,url,created_at";
  private static final String SNAPCHAT_QUERY =
      "{me { externalId displayName bitmoji { avatar id } email } }";
  private static final String LINKEDIN_ME =
      "/v2/me?projection=(id,firstName,lastName,profilePicture(displayImage~:playableStreams))";
  private static final String LINKEDIN_EMAIL =
      "/v2/emailAddress?q=members&projection=(elements*(handle~))";
  private static final Set<String> KEYCLOAK_PLAIN =
      Set.of("name", "sub", "email", "email_verified");

  private Profiles() {}

  static Profile bitbucket(Account account) {
    var user = account.ask("/user");
    var emails = new ArrayList<Profile.Email>();
    for (var email : account.ask("/user/emails").path("values")) {
      add(emails, text(email, "email"), flag(email, "is_confirmed"), flag(email, "is_primary"));
    }
    return new Claims()
        .subject(account.api(), text(user, "uuid"))
        .names(text(user, "display_name"))
        .avatar(text(user, "avatar", "href"))
        .with(emails);
  }

  static Profile discord(Account account) {
    var user = account.ask("/users/@me");
    var name = text(user, "username");
    var avatar = discordAvatar(user);
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .put("name", name + "#" + text(user, "discriminator"))
        .put("full_name", name)
        .avatar(avatar)
        .custom("global_name", text(user, "global_name"))
        .with(text(user, "email"), flag(user, "verified"));
  }

  private static String discordAvatar(JsonNode user) {
    var avatar = text(user, "avatar");
    if (!avatar.isEmpty()) {
      var extension = avatar.startsWith("a_") ? "gif" : "png";
      return "https://cdn.discordapp.com/avatars/"
          + text(user, "id")
          + "/"
          + avatar
          + "."
          + extension;
    }
    var number = text(user, "discriminator");
    return number.matches("[0-9]{1,6}")
        ? "https://cdn.discordapp.com/embed/avatars/" + Integer.parseInt(number) % 5 + ".png"
        : "";
  }

  static Profile facebook(Account account) {
    var fields = "/me?fields=email,first_name,last_name,name,picture";
    var user = account.ask(fields + "&appsecret_proof=" + facebookProof(account));
    var name = (text(user, "first_name") + " " + text(user, "last_name")).strip();
    return new Claims()
        .subject(account.api() + fields, text(user, "id"))
        .names(name)
        .put("nickname", text(user, "name"))
        .put("slug", text(user, "name"))
        .avatar(text(user, "picture", "data", "url"))
        .with(text(user, "email"), true);
  }

  private static String facebookProof(Account account) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      var secret = account.settings().secret().getBytes(StandardCharsets.UTF_8);
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return HexFormat.of()
          .formatHex(mac.doFinal(account.accessToken().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  static Profile figma(Account account) {
    var user = account.ask("/v1/me");
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(text(user, "handle"))
        .put("avatar_url", text(user, "img_url"))
        .with(text(user, "email"), true);
  }

  static Profile fly(Account account) {
    var user = account.ask("/oauth/token/info");
    var claims =
        new Claims()
            .subject(account.api(), text(user, "user_id"))
            .put("full_name", text(user, "user_name"));
    for (var name :
        List.of("resource_owner_id", "organizations", "application", "scope", "created_at")) {
      claims.custom(name, IdTokenProfiles.plain(user.path(name)));
    }
    return claims.with(text(user, "email"), true);
  }

  static Profile github(Account account) {
    var user = account.ask("/user");
    var emails = new ArrayList<Profile.Email>();
    for (var email : account.ask("/user/emails")) {
      add(emails, text(email, "email"), flag(email, "verified"), flag(email, "primary"));
    }
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(text(user, "name"))
        .put("preferred_username", text(user, "login"))
        .put("user_name", text(user, "login"))
        .put("avatar_url", text(user, "avatar_url"))
        .with(emails);
  }

  static Profile gitlab(Account account) {
    var user = account.ask("/api/v4/user");
    var emails = new ArrayList<Profile.Email>();
    for (var email : account.ask("/api/v4/user/emails")) {
      add(emails, text(email, "email"), false, false);
    }
    add(emails, text(user, "email"), !text(user, "confirmed_at").isEmpty(), true);
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(text(user, "name"))
        .avatar(text(user, "avatar_url"))
        .with(emails);
  }

  static Profile kakao(Account account) {
    var user = account.ask("/v2/user/me");
    var held = user.path("kakao_account");
    var name = text(held, "profile", "nickname");
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(name)
        .put("preferred_username", name)
        .put("user_name", name)
        .put("avatar_url", text(held, "profile", "profile_image_url"))
        .with(text(held, "email"), flag(held, "is_email_valid") && flag(held, "is_email_verified"));
  }

  static Profile keycloak(Account account) {
    var user = account.ask("/protocol/openid-connect/userinfo");
    var claims = new Claims().subject(account.api(), text(user, "sub")).names(text(user, "name"));
    user.properties()
        .forEach(claim -> {
          if (!KEYCLOAK_PLAIN.contains(claim.getKey())) {
            claims.custom(claim.getKey(), IdTokenProfiles.plain(claim.getValue()));
          }
        });
    return claims.with(text(user, "email"), flag(user, "email_verified"));
  }

  static Profile linkedin(Account account) {
    var user = account.ask(LINKEDIN_ME);
    var email = account.ask(LINKEDIN_EMAIL).path("elements").path(0);
    var name = (localized(user.path("firstName")) + " " + localized(user.path("lastName"))).strip();
    var pictures = user.path("profilePicture").path("displayImage~").path("elements").path(0);
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(name)
        .avatar(text(pictures.path("identifiers").path(0), "identifier"))
        .with(text(email, "handle~", "emailAddress"), true);
  }

  private static String localized(JsonNode name) {
    var locale = name.path("preferredLocale");
    return text(name, "localized", text(locale, "language") + "_" + text(locale, "country"));
  }

  static Profile notion(Account account) {
    var user =
        account
            .ask("/v1/users/me", "Notion-Version", NOTION_VERSION)
            .path("bot")
            .path("owner")
            .path("user");
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(text(user, "name"))
        .avatar(text(user, "avatar_url"))
        .with(text(user, "person", "email"), true);
  }

  static Profile slack(Account account) {
    return slack(account, true);
  }

  static Profile slackOidc(Account account) {
    return slack(account, false);
  }

  private static Profile slack(Account account, boolean isTrusted) {
    var user = account.ask("/openid.connect.userInfo");
    return new Claims()
        .subject(account.api(), text(user, "https://slack.com/user_id"))
        .names(text(user, "name"))
        .avatar(text(user, "picture"))
        .custom("https://slack.com/team_id", text(user, "https://slack.com/team_id"))
        .with(text(user, "email"), isTrusted || flag(user, "email_verified"));
  }

  static Profile snapchat(Account account) {
    var query = URLEncoder.encode(SNAPCHAT_QUERY, StandardCharsets.UTF_8);
    var user = account.ask("/v1/me?query=" + query).path("data").path("me");
    return new Claims()
        .subject(IdTokenProfiles.SNAPCHAT, text(user, "externalId"))
        .names(text(user, "displayName"))
        .put("slug", text(user, "displayName"))
        .avatar(text(user, "bitmoji", "avatar"))
        .with(text(user, "email"), true);
  }

  static Profile spotify(Account account) {
    var user = account.ask("/me");
    var largest = "";
    long area = -1;
    for (var image : user.path("images")) {
      long size = image.path("width").asLong(0) * image.path("height").asLong(0);
      if (size > area) {
        area = size;
        largest = text(image, "url");
      }
    }
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(text(user, "display_name"))
        .avatar(largest)
        .with(text(user, "email"), false);
  }

  static Profile twitch(Account account) {
    var user =
        account
            .ask("/helix/users", "Client-Id", account.settings().clientIds().getFirst())
            .path("data")
            .path(0);
    var claims =
        new Claims()
            .subject(account.api(), text(user, "id"))
            .names(text(user, "login"))
            .put("nickname", text(user, "display_name"))
            .put("slug", text(user, "display_name"))
            .avatar(text(user, "profile_image_url"));
    for (var name : List.of("broadcaster_type", "description", "type", "offline_image_url")) {
      claims.custom(name, text(user, name));
    }
    return claims
        .custom("view_count", user.path("view_count").asLong(0))
        .with(text(user, "email"), true);
  }

  /// WorkOS says who it is in its answer to the code.
  static Profile workos(Account account) {
    var user = account.token().path("profile");
    var name = (text(user, "first_name") + " " + text(user, "last_name")).strip();
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(name)
        .custom("connection_id", text(user, "connection_id"))
        .custom("organization_id", text(user, "organization_id"))
        .with(text(user, "email"), true);
  }

  static Profile x(Account account) {
    var user = account.ask("/2/users/me?user.fields=" + X_FIELDS).path("data");
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(text(user, "name"))
        .put("preferred_username", text(user, "username"))
        .put("user_name", text(user, "username"))
        .put("profile", "https://x.com/" + text(user, "username"))
        .put("website", text(user, "url"))
        .avatar(text(user, "profile_image_url"))
        .custom("created_at", text(user, "created_at"))
        .with(text(user, "confirmed_email"), true);
  }

  /// A login type of 100 is an e-mail login, whose address counts only once it is confirmed.
  static Profile zoom(Account account) {
    var user = account.ask("/users/me");
    var name = (text(user, "first_name") + " " + text(user, "last_name")).strip();
    boolean isVerified =
        !text(user, "login_type").equals("100") || user.path("verified").asInt(0) != 0;
    return new Claims()
        .subject(account.api(), text(user, "id"))
        .names(name)
        .avatar(text(user, "pic_url"))
        .with(text(user, "email"), isVerified);
  }

  private static void add(
      List<Profile.Email> emails, String address, boolean verified, boolean primary) {
    if (!address.isEmpty()) {
      emails.add(new Profile.Email(address, verified, primary));
    }
  }
}
