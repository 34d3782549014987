package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Lovable's sign-in broker, on the App's own origin under `/~oauth`: what
/// `@lovable.dev/cloud-auth-js` asks for is done by the App's own providers.
///
/// In a whole window the session comes back in the fragment of the page that asked, where
/// supabase-js finds it. In a popup (the App lies in a frame) a page of this class hands it to the
/// window that opened it, of the same origin and no other.
public final class Broker implements Handler {
  private static final Map<String, String> PROVIDERS = Map.of("microsoft", "azure");
  private static final Set<String> OWN =
      Set.of("provider", "redirect_uri", "state", "response_mode", "redirect_to");
  private static final int MAX_STATE_CHARS = 512;
  private static final int NONCE_BYTES = 16;
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head><meta charset="utf-8"><title>Signing in</title></head>
      <body>
      <p id="told">Signing in…</p>
      <script nonce="%s">
        const query = new URLSearchParams(location.search);
        const hash = new URLSearchParams(location.hash.slice(1));
        const response = { state: query.get("state") ?? "" };
        for (const name of ["access_token", "refresh_token", "error", "error_description"]) {
          const value = query.get(name) ?? hash.get(name);
          if (value) response[name] = value;
        }
        history.replaceState(null, "", location.pathname);
        if (window.opener) {
          window.opener.postMessage({ type: "authorization_response", response }, location.origin);
          // The app closes this window when it has read the message; a window that is closed before
          // counts as cancelled there.
          setTimeout(() => window.close(), 2000);
        } else {
          document.getElementById("told").textContent =
            "The window that asked for this sign-in is closed. Go back to the app and try again.";
        }
      </script>
      </body>
      </html>
      """;

  private final SecureRandom random = new SecureRandom();

  @Override
  public Response handle(Request request) {
    if (!request.method().equals("GET")) {
      return Response.text(405, "Method Not Allowed").with("Allow", "GET");
    }
    return switch (request.path()) {
      case "/initiate" -> initiate(request);
      case "/callback" -> page();
      default -> Response.text(404, "404 page not found");
    };
  }

  private static Response initiate(Request request) {
    Map<String, String> asked;
    try {
      asked = Call.parse(request.query());
    } catch (AuthError e) {
      return Response.text(400, e.text());
    }
    var provider = asked.getOrDefault("provider", "");
    if (provider.isEmpty()) {
      return Response.text(400, "provider is missing");
    }
    var state = asked.getOrDefault("state", "");
    if (state.length() > MAX_STATE_CHARS) {
      return Response.text(400, "state is too long");
    }
    var origin = request.scheme() + "://" + request.host();
    var fields = new LinkedHashMap<String, String>();
    fields.put("provider", PROVIDERS.getOrDefault(provider, provider));
    if (provider.equals("microsoft")) {
      fields.put("scopes", "email");
    }
    asked.forEach((name, value) -> {
      if (!OWN.contains(name)) {
        fields.putIfAbsent(name, value);
      }
    });
    boolean isPopup = asked.getOrDefault("response_mode", "").equals("web_message");
    fields.put(
        "redirect_to",
        isPopup
            ? origin + "/~oauth/callback?state=" + SignedIn.encode(state)
            : asked.getOrDefault("redirect_uri", origin));
    return Response.of(302)
        .with("Location", "/auth/v1/authorize?" + SignedIn.encode(fields))
        .with("Cache-Control", "no-store");
  }

  private Response page() {
    var bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    var nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return Response.of(200, "text/html; charset=utf-8", PAGE.formatted(nonce))
        .with("Content-Security-Policy", "default-src 'none'; script-src 'nonce-" + nonce + "'")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store");
  }
}
