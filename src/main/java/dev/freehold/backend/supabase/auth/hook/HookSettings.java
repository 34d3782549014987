package dev.freehold.backend.supabase.auth.hook;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// Which hooks an App has. None is the usual.
///
/// @param hooks those that are on
public record HookSettings(Map<HookName, Hook> hooks) {
  /// No hook at all.
  public static final HookSettings NONE = new HookSettings(Map.of());

  public HookSettings {
    var copy = new EnumMap<HookName, Hook>(HookName.class);
    copy.putAll(hooks);
    hooks = java.util.Collections.unmodifiableMap(copy);
  }

  public Optional<Hook> find(HookName name) {
    return Optional.ofNullable(hooks.get(name));
  }

  public boolean has(HookName name) {
    return hooks.containsKey(name);
  }
}
