package dev.freehold.backend.supabase.auth;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Decides where a link may lead: to the site itself, to a loopback address, or to what a glob of
/// the allow list names. Everything else silently becomes the site, as GoTrue has it, so that a
/// mailed link never hands a session to a stranger.
///
/// In a glob `*` stands for any characters but `.` and `/`, `**` for any, `?` for one but `.` and
/// `/`.
final class Redirects {
  /// Longer targets are not looked at.
  static final int MAX_CHARS = 2_048;

  private static final Set<String> SCRIPT_SCHEMES =
      Set.of("javascript", "data", "vbscript", "file");
  private static final Pattern DECIMAL_HOST = Pattern.compile("[0-9]+");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  private final String site;
  private final List<Pattern> allowed;

  Redirects(AuthSettings settings) {
    this.site = settings.siteUrl();
    this.allowed = settings.redirectAllowList().stream().map(Redirects::pattern).toList();
  }

  /// Where the links of this request lead: what it asks for when that is allowed, else the page it
  /// came from when that is, else the site.
  String target(Call call) {
    var asked = call.request().header("redirect_to").orElse(call.query("redirect_to"));
    if (isAllowed(asked)) {
      return asked;
    }
    var referrer = call.request().header("Referer").orElse("");
    return isAllowed(referrer) ? referrer : site;
  }

  boolean isAllowed(String target) {
    var asked = parse(target);
    var home = parse(site);
    if (asked == null || home == null || asked.getScheme() == null) {
      return false;
    }
    var scheme = asked.getScheme().toLowerCase(Locale.ROOT);
    if (SCRIPT_SCHEMES.contains(scheme)) {
      return false;
    }
    var host = Objects.requireNonNullElse(asked.getHost(), "").toLowerCase(Locale.ROOT);
    if (isHome(asked, home, host)) {
      return true;
    }
    boolean isHttp = scheme.equals("http") || scheme.equals("https");
    if (DECIMAL_HOST.matcher(host).matches() || (isHttp && host.isEmpty())) {
      return false;
    }
    if (IPV4.matcher(host).matches()) {
      return host.startsWith("127.");
    }
    if (host.startsWith("[")) {
      return host.equals("[::1]");
    }
    int hash = target.indexOf('#');
    var matched = hash < 0 ? target : target.substring(0, hash);
    return allowed.stream().anyMatch(pattern -> pattern.matcher(matched).matches());
  }

  /// Same scheme, host and port; on loopback any port (RFC 8252 §7.3).
  private static boolean isHome(URI asked, URI home, String host) {
    boolean samePort = asked.getPort() == home.getPort();
    return host.equalsIgnoreCase(home.getHost())
        && asked.getScheme().equalsIgnoreCase(home.getScheme())
        && asked.getUserInfo() == null
        && (samePort || host.equals("localhost") || host.startsWith("127."));
  }

  private static @Nullable URI parse(String text) {
    if (text.isEmpty() || text.length() > MAX_CHARS) {
      return null;
    }
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static Pattern pattern(String glob) {
    var regex = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
        regex.append(".*");
        i++;
      } else if (c == '*') {
        regex.append("[^./]*");
      } else if (c == '?') {
        regex.append("[^./]");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString());
  }
}
