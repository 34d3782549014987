package dev.freehold.backend.ai;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who answers an App's calls of its Vendor's AI gateway, as the owner chose.
///
/// @param url what comes before `/chat/completions`, without a slash at its end
/// @param key goes to that address and nowhere else; empty for a provider that asks for none
/// @param models the model to use for one that is asked for
/// @param otherModel the one for all other text models; empty leaves the name as it is
/// @param prices by the name of the model that is used
/// @param otherPrice of all others, null for none
/// @param reportsCost whether answers say what they cost
/// @param capNanos what a month may cost, in billionths; null for no bound
/// @param capTokens how many tokens a month may take; null for no bound
public record AiProvider(
    String url,
    String key,
    Map<String, String> models,
    String otherModel,
    Map<String, AiPrice> prices,
    @Nullable AiPrice otherPrice,
    boolean reportsCost,
    @Nullable Long capNanos,
    @Nullable Long capTokens) {

  /// Providers that know their own models without the maker's name before them.
  private static final Map<String, String> OWN_MODELS =
      Map.of("api.openai.com", "openai/", "generativelanguage.googleapis.com", "google/");

  public AiProvider {
    models = Map.copyOf(models);
    prices = Map.copyOf(prices);
  }

  /// The name by which the provider knows the model.
  String modelFor(String asked, boolean isText) {
    var chosen = models.get(asked);
    if (chosen != null) {
      return chosen;
    }
    if (isText && !otherModel.isEmpty()) {
      return otherModel;
    }
    var maker = OWN_MODELS.getOrDefault(host(), "");
    return !maker.isEmpty() && asked.startsWith(maker) ? asked.substring(maker.length()) : asked;
  }

  String host() {
    return Optional.ofNullable(URI.create(url).getHost()).orElse("").toLowerCase(Locale.ROOT);
  }

  Optional<AiPrice> price(String used) {
    return Optional.ofNullable(prices.getOrDefault(used, otherPrice));
  }

  /// Text models that may be used and have no price.
  public Stream<String> unpriced() {
    if (otherPrice != null) {
      return Stream.empty();
    }
    var used = Stream.concat(models.values().stream(), Stream.of(otherModel));
    return used.filter(model -> !model.isEmpty() && !prices.containsKey(model)).distinct().sorted();
  }

  /// Without the key.
  @Override
  public String toString() {
    return url + " " + models + (otherModel.isEmpty() ? "" : " and " + otherModel);
  }
}
