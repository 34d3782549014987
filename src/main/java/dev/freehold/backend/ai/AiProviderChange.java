package dev.freehold.backend.ai;

import dev.freehold.problem.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What an owner wants of the provider, in the fields of docs/reference/control-api.md. What is not
/// said stays as it was.
public final class AiProviderChange {
  private static final String INVALID = "ai-settings-invalid";
  private static final String NONE = "none";
  private static final String TAIL = "/chat/completions";
  private static final int MAX_MODELS = 200;
  private static final int MAX_KEY_CHARS = 4_096;
  private static final Pattern MODEL = Pattern.compile("[\\x21-\\x7e&&[^=]]{1,120}");
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{0," + MAX_KEY_CHARS + "}");

  /// Where a key may go unsealed: this machine and private networks.
  private static final Pattern NEAR =
      Pattern.compile(
          "localhost|.*\\.(localhost|local|internal|lan)|[^.:]+|127\\..*|10\\..*|192\\.168\\..*"
              + "|172\\.(1[6-9]|2\\d|3[01])\\..*|\\[::1]|\\[f[cd].*");

  /// Providers whose answers say what they cost.
  private static final String REPORTING = "openrouter.ai";

  private AiProviderChange() {}

  /// @throws dev.freehold.problem.ProblemException `ai-settings-invalid`, `ai-cap-needs-prices`
  public static AiProvider of(Optional<AiProvider> before, JsonNode wanted) {
    var url = url(wanted.path("url").asString(""), before);
    var key = key(wanted, url, before);
    var models =
        merged(
            before.map(AiProvider::models).orElse(Map.of()),
            wanted.path("models"),
            text -> {
              model(text);
              return text;
            });
    var otherModel = said(wanted, "default_model", before.map(AiProvider::otherModel).orElse(""));
    if (!otherModel.isEmpty()) {
      model(otherModel);
    }
    var prices =
        merged(
            before.map(AiProvider::prices).orElse(Map.of()),
            wanted.path("prices"),
            AiProviderChange::price);
    var otherPrice = wanted.path("default_price").asString("");
    boolean reports =
        wanted.has("provider_costs")
            ? wanted.path("provider_costs").asBoolean(false)
            : before
                .filter(old -> old.url().equals(url))
                .map(AiProvider::reportsCost)
                .orElse(url.contains("//" + REPORTING + "/"));
    var made =
        new AiProvider(
            url,
            key,
            models,
            otherModel,
            prices,
            otherPrice.isEmpty()
                ? before.map(AiProvider::otherPrice).orElse(null)
                : otherPrice.equals(NONE) ? null : price(otherPrice),
            reports,
            cap(wanted, "cap", before.map(AiProvider::capNanos).orElse(null)),
            cap(wanted, "cap_tokens", before.map(AiProvider::capTokens).orElse(null)));
    checkCap(made);
    return made;
  }

  private static String url(String said, Optional<AiProvider> before) {
    if (said.isEmpty()) {
      return before
          .map(AiProvider::url)
          .orElseThrow(() ->
              Problem.of(INVALID, "the provider's URL is missing")
                  .hint("for example --url https://api.openai.com/v1")
                  .raise());
    }
    try {
      var plain = said.strip().replaceFirst("/+$", "");
      var text = plain.endsWith(TAIL) ? plain.substring(0, plain.length() - TAIL.length()) : plain;
      var url = new URI(text);
      var scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
      boolean isWeb = scheme.equals("https") || scheme.equals("http");
      if (isWeb
          && url.getHost() != null
          && url.getUserInfo() == null
          && url.getQuery() == null
          && url.getFragment() == null) {
        return text;
      }
    } catch (URISyntaxException e) {
      throw noUrl(said).raise(e);
    }
    throw noUrl(said).raise();
  }

  private static Problem noUrl(String text) {
    return Problem.of(INVALID, "“" + text + "” is no provider's URL")
        .hint("it is what comes before /chat/completions, such as https://api.openai.com/v1");
  }

  /// A key stays with the host it was given for.
  private static String key(JsonNode wanted, String url, Optional<AiProvider> before) {
    var given = wanted.path("key").asString("").strip();
    if (!KEY.matcher(given).matches()) {
      throw Problem.of(INVALID, "the key has spaces, line ends or other signs no key has").raise();
    }
    var target = URI.create(url);
    var key = given;
    if (given.isEmpty() && !wanted.path("no_key").asBoolean(false)) {
      key = before.map(AiProvider::key).orElse("");
      var old = before.map(set -> URI.create(set.url()).getAuthority()).orElse("");
      if (!key.isEmpty() && !target.getAuthority().equalsIgnoreCase(old)) {
        throw Problem.of(INVALID, "the key that is kept is for " + old)
            .hint("give the key for " + target.getAuthority() + ", or say --no-key")
            .raise();
      }
    }
    boolean sealed = target.getScheme().equalsIgnoreCase("https");
    if (!key.isEmpty() && !sealed && !NEAR.matcher(target.getHost()).matches()) {
      throw Problem.of(INVALID, "the key would go to " + target.getHost() + " unsealed")
          .hint("use https://, or a provider on this machine or in its own network")
          .raise();
    }
    return key;
  }

  private interface Reader<T> {
    T read(String text);
  }

  /// An empty text takes an entry away.
  private static <T> Map<String, T> merged(
      Map<String, T> before, JsonNode wanted, Reader<T> reader) {
    var all = new TreeMap<>(before);
    for (var entry : wanted.properties()) {
      model(entry.getKey());
      var text = entry.getValue().asString("").strip();
      if (text.isEmpty()) {
        all.remove(entry.getKey());
      } else {
        all.put(entry.getKey(), reader.read(text));
      }
    }
    if (all.size() > MAX_MODELS) {
      throw Problem.of(INVALID, "there are more than " + MAX_MODELS + " models").raise();
    }
    return all;
  }

  private static void model(String name) {
    if (!MODEL.matcher(name).matches()) {
      throw Problem.of(INVALID, "“" + name + "” is no model's name").raise();
    }
  }

  /// `IN,OUT` or `IN,OUT,CALL`.
  private static AiPrice price(String text) {
    var parts = text.split(",", -1);
    if (parts.length < 2 || parts.length > 3) {
      throw Problem.of(INVALID, "“" + text + "” is no price")
          .hint(
              "write IN,OUT: a million tokens in, a million out; or IN,OUT,CALL with a price for"
                  + " each call or image")
          .raise();
    }
    return new AiPrice(
        AiPrice.nanos(parts[0]),
        AiPrice.nanos(parts[1]),
        parts.length > 2 ? AiPrice.nanos(parts[2]) : 0);
  }

  private static String said(JsonNode wanted, String name, String before) {
    var text = wanted.path(name).asString("").strip();
    return text.isEmpty() ? before : text.equals(NONE) ? "" : text;
  }

  private static @Nullable Long cap(JsonNode wanted, String name, @Nullable Long before) {
    var text = wanted.path(name).asString("").strip();
    if (text.isEmpty()) {
      return before;
    }
    if (text.equals(NONE)) {
      return null;
    }
    if (name.equals("cap")) {
      return AiPrice.nanos(text);
    }
    if (!text.matches("\\d{1,15}")) {
      throw Problem.of(INVALID, "“" + text + "” is no number of tokens").raise();
    }
    return Long.valueOf(text);
  }

  private static void checkCap(AiProvider made) {
    if (made.capNanos() == null || made.reportsCost()) {
      return;
    }
    var unpriced = made.unpriced().toList();
    if (unpriced.isEmpty() && !(made.prices().isEmpty() && made.otherPrice() == null)) {
      return;
    }
    throw Problem.of("ai-cap-needs-prices", "a cap in money needs to know what calls cost")
        .detail(
            unpriced.isEmpty()
                ? "no model has a price"
                : "no price is set for " + String.join(", ", unpriced))
        .hint(
            "say --price MODEL=IN,OUT or --default-price IN,OUT (per million tokens), or"
                + " --costs-from-provider if its answers name their cost, or bound the tokens by"
                + " --cap-tokens N")
        .raise();
  }

  /// As the control API shows it: without the key.
  public static Map<String, Object> facts(AiProvider set) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("url", set.url());
    facts.put("has_key", !set.key().isEmpty());
    facts.put("models", new TreeMap<>(set.models()));
    facts.put("default_model", set.otherModel());
    var prices = new TreeMap<String, String>();
    set.prices().forEach((model, price) -> prices.put(model, text(price)));
    facts.put("prices", prices);
    var other = set.otherPrice();
    facts.put("default_price", other == null ? "" : text(other));
    facts.put("provider_costs", set.reportsCost());
    var cap = set.capNanos();
    facts.put("cap", cap == null ? "" : AiPrice.text(cap));
    var tokens = set.capTokens();
    facts.put("cap_tokens", tokens == null ? "" : Long.toString(tokens));
    return facts;
  }

  private static String text(AiPrice price) {
    var both = AiPrice.text(price.inNanos()) + "," + AiPrice.text(price.outNanos());
    return price.callNanos() == 0 ? both : both + "," + AiPrice.text(price.callNanos());
  }
}
