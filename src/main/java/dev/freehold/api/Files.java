package dev.freehold.api;

import dev.freehold.app.Environment;
import java.util.Map;

/// What an owner does with the files of an Environment; joined by the root. Everything is answered
/// as facts for JSON.
public interface Files {
  /// The buckets and what they hold.
  Map<String, Object> usage(Environment environment);

  /// Whether rows and bytes agree.
  ///
  /// @param reading whether the bytes themselves are read
  /// @param sweeping whether bytes without a row are removed
  Map<String, Object> verify(Environment environment, boolean reading, boolean sweeping);

  /// Where and with which keys S3 clients come in. Holds a secret.
  Map<String, Object> s3(Environment environment);
}
