package dev.freehold.backend.supabase.rest.config;

import java.math.BigDecimal;
import java.util.List;

/// A value as a configuration file writes it.
public sealed interface ConfigValue {
  /// In double quotes.
  record Text(String text) implements ConfigValue {}

  /// `true`, `false`, `on` or `off`.
  record Flag(boolean on) implements ConfigValue {}

  /// Digits, with or without sign, fraction and exponent.
  record Figure(BigDecimal number) implements ConfigValue {}

  /// `[a, b]`, which no option takes.
  record Many(List<ConfigValue> values) implements ConfigValue {}
}
