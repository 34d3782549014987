package dev.freehold.backend.supabase.jobs;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The hosted project that an App came from, as its jobs and webhooks still name it, and what
/// stands here in its place. Texts are rewritten on their way out, not in their rows: it does not
/// matter whether a row came by a schema migration, a dump, a function or a secret, and a new
/// address of the App counts at once.
///
/// @param refs the project's reference, the label before `.supabase.co`; more than one when the App
///   moved before
/// @param publicKeys the old project's anon and publishable keys, and ours in their place
/// @param address the App's own address, without `/` at its end
/// @param anonKey our JWT for `anon`
/// @param serviceKey our JWT for `service_role`
public record OldProject(
    Set<String> refs,
    Map<String, String> publicKeys,
    String address,
    String anonKey,
    String serviceKey) {
  private static final String SUFFIX = ".supabase.co";
  private static final Pattern TOKEN =
      Pattern.compile("eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,4096}\\.[A-Za-z0-9_-]{8,}");

  private static final Pattern SERVER = Pattern.compile("(?i)https?://[^\\s'\"]*");

  /// Nothing is rewritten.
  public static OldProject none(String address) {
    return new OldProject(Set.of(), Map.of(), address, "", "");
  }

  /// A job's SQL with our address and keys in place of the old ones. Only the App's owner writes
  /// jobs, so the old service key, known by what it says of itself, becomes ours too; unless the
  /// job names any other server, which might be sent it.
  String command(String sql) {
    if (refs.isEmpty()) {
      return sql;
    }
    var names = refs.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    var moved =
        Pattern.compile("https?://(" + names + ")\\.functions\\.supabase\\.co")
            .matcher(sql)
            .replaceAll(Matcher.quoteReplacement(address + "/functions/v1"));
    moved =
        Pattern.compile("https?://(" + names + ")\\.supabase\\.co")
            .matcher(moved)
            .replaceAll(Matcher.quoteReplacement(address));
    boolean elsewhere =
        SERVER.matcher(moved).results().anyMatch(found -> !found.group().startsWith(address));
    return elsewhere ? keys(moved) : trusted(moved);
  }

  /// Text of the owner's with our keys in place of the old ones, the service key included.
  String trusted(String text) {
    var ours = keys(text);
    return TOKEN.matcher(ours).replaceAll(found -> Matcher.quoteReplacement(token(found.group())));
  }

  /// Text with our public keys in place of the old ones.
  String keys(String text) {
    var changed = text;
    for (var key : publicKeys.entrySet()) {
      changed = changed.replace(key.getKey(), key.getValue());
    }
    return changed;
  }

  /// Where a request really goes.
  URI destination(URI asked) {
    var host = asked.getHost() == null ? "" : asked.getHost();
    for (var ref : refs) {
      if (host.equalsIgnoreCase(ref + SUFFIX)) {
        return URI.create(address + rest(asked));
      }
      if (host.equalsIgnoreCase(ref + ".functions" + SUFFIX)) {
        return URI.create(address + "/functions/v1" + rest(asked));
      }
    }
    return asked;
  }

  /// Whether the text names the old project.
  boolean named(String text) {
    return refs.stream().anyMatch(ref -> text.contains(ref + SUFFIX) || text.contains(ref + "."));
  }

  private static String rest(URI asked) {
    var path = asked.getRawPath() == null ? "" : asked.getRawPath();
    var query = asked.getRawQuery();
    return path + (query == null ? "" : "?" + query);
  }

  private String token(String found) {
    try {
      var payload =
          JsonMapper.shared()
              .readTree(
                  new String(
                      Base64.getUrlDecoder().decode(found.split("\\.")[1]),
                      StandardCharsets.UTF_8));
      if (!refs.contains(payload.path("ref").asString(""))) {
        return found;
      }
      return switch (payload.path("role").asString("")) {
        case "anon" -> anonKey;
        case "service_role" -> serviceKey;
        default -> found;
      };
    } catch (IllegalArgumentException | JacksonException e) {
      return found; // It only looks like a token.
    }
  }

  @Override
  public String toString() {
    return "OldProject" + refs;
  }
}
