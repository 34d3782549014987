package dev.freehold;

import dev.freehold.api.Files;
import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.storage.BucketUse;
import dev.freehold.backend.supabase.storage.FilePlaces;
import dev.freehold.objectstore.BucketAddress;
import dev.freehold.target.thishost.ThisHost;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

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

  @Override
  public Map<String, Object> bucket(Environment environment) {
    var facts = new LinkedHashMap<String, Object>();
    var use = host.buckets().show(environment);
    facts.put("new_bytes", use.filter(BucketUse::keeps).isPresent() ? "bucket" : "disk");
    use.map(BucketUse::address)
        .ifPresent(address -> {
          facts.put("bucket", address.bucket());
          facts.put("endpoint", address.endpoint());
          facts.put("region", address.region());
          facts.put("prefix", address.prefix());
          facts.put("path_style", address.pathStyle());
          facts.put("access_key_id", address.accessKeyId());
        });
    return facts;
  }

  @Override
  public void setBucket(Environment environment, JsonNode wanted) {
    var prefix = wanted.path("prefix").asString("");
    host.buckets()
        .set(
            environment,
            new BucketAddress(
                wanted.path("endpoint").asString(""),
                wanted.path("region").asString(""),
                wanted.path("bucket").asString(""),
                prefix.isEmpty() ? environment.app() + "." + environment.name() : prefix,
                wanted.path("path_style").asBoolean(false),
                wanted.path("access_key_id").asString(""),
                wanted.path("secret_access_key").asString("")));
  }

  @Override
  public void testBucket(Environment environment) {
    host.buckets().test(environment);
  }

  @Override
  public void unsetBucket(Environment environment) {
    host.buckets().unset(environment);
  }

  @Override
  public void move(Environment environment, boolean intoBucket) {
    host.buckets().move(environment, intoBucket);
  }

  @Override
  public Map<String, Object> moved(Environment environment) {
    var facts = new LinkedHashMap<String, Object>();
    var progress = host.buckets().progress(environment);
    facts.put("running", progress.map(FilePlaces.Progress::running).orElse(false));
    progress.ifPresent(now -> {
      facts.put("files", now.files());
      facts.put("bytes", now.bytes());
      now.failure().ifPresent(why -> facts.put("failure", why));
    });
    return facts;
  }
}
