package dev.freehold.target;

import dev.freehold.app.Environment;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What an owner sees and does with the AI gateway of an Environment. Everything is in the shapes
/// of docs/reference/control-api.md, and without the provider's key.
public interface AiGateway {
  /// The provider that is set.
  Optional<Map<String, Object>> ai(Environment environment);

  /// Sets the provider, or changes what is set; counts at once.
  ///
  /// @throws dev.freehold.problem.ProblemException `ai-settings-invalid`, `ai-cap-needs-prices`
  Map<String, Object> setAi(Environment environment, JsonNode wanted);

  /// False when none was set.
  boolean unsetAi(Environment environment);

  /// Asks the provider for a word.
  ///
  /// @param model as an App names it; empty for a usual one
  /// @throws dev.freehold.problem.ProblemException `ai-not-set`, `ai-test-failed`
  Map<String, Object> testAi(Environment environment, String model);

  /// What was spent in a month.
  ///
  /// @param month such as `2026-11`; empty for the one that is now
  Map<String, Object> aiUsage(Environment environment, String month);
}
