package dev.freehold.api;

import dev.freehold.app.Environment;
import java.util.Map;
import tools.jackson.databind.JsonNode;

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

  /// Where bytes lie and new ones go, without the bucket's secret.
  Map<String, Object> bucket(Environment environment);

  /// Uses a bucket for new bytes.
  void setBucket(Environment environment, JsonNode wanted);

  /// Writes to the bucket, reads and removes.
  void testBucket(Environment environment);

  /// Uses no bucket any more.
  void unsetBucket(Environment environment);

  /// New bytes go there, and those of the other place follow.
  ///
  /// @param intoBucket or else to this machine's disk
  void move(Environment environment, boolean intoBucket);

  /// How the last move stands.
  Map<String, Object> moved(Environment environment);
}
