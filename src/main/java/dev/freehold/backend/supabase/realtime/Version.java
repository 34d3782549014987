package dev.freehold.backend.supabase.realtime;

import java.util.Optional;

/// The serialisation of Phoenix messages that a client chose by `vsn` (reference 7.1).
enum Version {
  /// An object of topic, event, payload and ref.
  V1,
  /// An array with the join's ref before; broadcasts may be binary.
  V2;

  /// Without the parameter a client means the older one, as Phoenix has it.
  static Optional<Version> of(String vsn) {
    if (vsn.isEmpty() || vsn.startsWith("1.")) {
      return Optional.of(V1);
    }
    return vsn.startsWith("2.") ? Optional.of(V2) : Optional.empty();
  }
}
