package dev.freehold;

import dev.freehold.api.Files;
import dev.freehold.app.Environment;
import dev.freehold.target.thishost.ThisHost;
import java.util.LinkedHashMap;
import java.util.Map;

/// The files of this host's Environments, for the control API.
record ServerFiles(ThisHost host) implements Files {
  @Override
  public Map<String, Object> usage(Environment environment) {
    var buckets =
        host.files(environment).check().usage().stream()
            .map(bucket ->
                Map.of(
                    "bucket", bucket.bucket(),
                    "public", bucket.isPublic(),
                    "objects", bucket.objects(),
                    "bytes", bucket.bytes()))
            .toList();
    return Map.of("buckets", buckets);
  }

  @Override
  public Map<String, Object> verify(Environment environment, boolean reading, boolean sweeping) {
    var check = host.files(environment).check();
    var found = check.verify(reading);
    var facts = new LinkedHashMap<String, Object>();
    facts.put("clean", found.clean());
    facts.put("bytes_read", reading);
    facts.put("objects", found.objects());
    facts.put("bytes", found.bytes());
    facts.put("missing_count", found.missingCount());
    facts.put("missing", found.missing());
    facts.put("damaged_count", found.damagedCount());
    facts.put("damaged", found.damaged());
    facts.put("orphans", found.orphans());
    facts.put("orphan_bytes", found.orphanBytes());
    if (sweeping) {
      var swept = check.sweep();
      facts.put("swept", swept.files());
      facts.put("swept_bytes", swept.bytes());
    }
    return facts;
  }

  @Override
  public Map<String, Object> s3(Environment environment) {
    var keys = host.files(environment).s3();
    var facts = new LinkedHashMap<String, Object>();
    facts.put("endpoint", host.address(environment) + "/storage/v1/s3");
    facts.put("region", "local");
    facts.put("access_key_id", keys.accessKeyId());
    facts.put("secret_access_key", keys.secret());
    return facts;
  }
}
