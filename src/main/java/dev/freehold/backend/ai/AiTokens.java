package dev.freehold.backend.ai;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/// Tokens that went in and came out of a model.
record AiTokens(long in, long out) {
  static final AiTokens NONE = new AiTokens(0, 0);

  private static final long MOST = 1_000_000_000L;

  AiTokens {
    in = Math.clamp(in, 0, MOST);
    out = Math.clamp(out, 0, MOST);
  }

  long both() {
    return in + out;
  }

  /// What an answer says of itself, in the words of any of OpenAI's endpoints.
  ///
  /// @param cost in the provider's money, where it says so (OpenRouter's `usage.cost`)
  record Said(AiTokens tokens, OptionalDouble cost) {}

  /// @param usage the object of that name, or nothing
  static Optional<Said> said(JsonNode usage) {
    if (!usage.isObject()) {
      return Optional.empty();
    }
    var in = count(usage, "prompt_tokens", "input_tokens");
    var out = count(usage, "completion_tokens", "output_tokens");
    var cost = usage.path("cost");
    var said =
        cost.isNumber() && cost.asDouble() >= 0
            ? OptionalDouble.of(cost.asDouble())
            : OptionalDouble.empty();
    return in.isEmpty() && out.isEmpty() && said.isEmpty()
        ? Optional.empty()
        : Optional.of(new Said(new AiTokens(in.orElse(0), out.orElse(0)), said));
  }

  private static OptionalLong count(JsonNode usage, String name, String otherName) {
    for (var node : new JsonNode[] {usage.path(name), usage.path(otherName)}) {
      if (node.isIntegralNumber()) {
        return OptionalLong.of(node.asLong());
      }
    }
    return OptionalLong.empty();
  }
}
