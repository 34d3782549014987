package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.storage.BucketUse;
import dev.freehold.secret.Secrets;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Which bucket an Environment's bytes lie in, sealed, for its keys are in it.
record BucketRecord(Environment environment, Secrets secrets) {
  private static final String NAME = "storage-bucket";
  private static final String NONE = "null";

  Optional<BucketUse> use() {
    return secrets
        .own(environment, NAME)
        .filter(text -> !text.equals(NONE))
        .map(text -> JsonMapper.shared().readValue(text, BucketUse.class));
  }

  void keep(BucketUse use) {
    secrets.keepOwn(environment, NAME, JsonMapper.shared().writeValueAsString(use));
  }

  void forget() {
    secrets.keepOwn(environment, NAME, NONE);
  }
}
