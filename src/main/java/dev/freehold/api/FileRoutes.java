package dev.freehold.api;

import dev.freehold.app.Environment;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import dev.freehold.problem.Problem;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `/v1/apps/{app}/{environment}/storage…`: what an App's buckets hold, whether their bytes are all
/// there, and the keys of S3 clients.
final class FileRoutes {
  private final Files files;
  private final Journal journal;
  private final Function<Routes.Call, Environment> environment;
  private final Function<Routes.Call, String> by;
  private final Function<Object, Response> ok;

  FileRoutes(
      Files files,
      Journal journal,
      Function<Routes.Call, Environment> environment,
      Function<Routes.Call, String> by,
      Function<Object, Response> ok) {
    this.files = files;
    this.journal = journal;
    this.environment = environment;
    this.by = by;
    this.ok = ok;
  }

  void mount(Routes routes) {
    var base = "/v1/apps/{app}/{environment}/storage";
    routes
        .on("GET", base, call -> ok.apply(files.usage(environment.apply(call))))
        .on("POST", base + "/verify", this::verify)
        .on("GET", base + "/s3", this::s3)
        .on("GET", base + "/bucket", call -> ok.apply(files.bucket(environment.apply(call))))
        .on("PUT", base + "/bucket", this::setBucket)
        .on("DELETE", base + "/bucket", this::unsetBucket)
        .on("POST", base + "/bucket/test", this::testBucket)
        .on("GET", base + "/move", call -> ok.apply(files.moved(environment.apply(call))))
        .on("POST", base + "/move", this::move);
  }

  private Response verify(Routes.Call call) {
    var of = environment.apply(call);
    boolean sweeping = call.query("sweep", "").equals("true");
    var found = files.verify(of, call.query("read", "").equals("true"), sweeping);
    if (sweeping) {
      journal.record(by.apply(call), of.id(), "storage swept", "");
    }
    return ok.apply(found);
  }

  private Response s3(Routes.Call call) {
    var of = environment.apply(call);
    journal.record(by.apply(call), of.id(), "storage s3 keys shown", "");
    return ok.apply(files.s3(of));
  }

  private Response setBucket(Routes.Call call) {
    var of = environment.apply(call);
    var wanted = body(call);
    files.setBucket(of, wanted);
    journal.record(
        by.apply(call), of.id(), "storage bucket set", wanted.path("bucket").asString(""));
    return ok.apply(files.bucket(of));
  }

  private Response unsetBucket(Routes.Call call) {
    var of = environment.apply(call);
    files.unsetBucket(of);
    journal.record(by.apply(call), of.id(), "storage bucket unset", "");
    return ok.apply(files.bucket(of));
  }

  private Response testBucket(Routes.Call call) {
    var of = environment.apply(call);
    files.testBucket(of);
    return ok.apply(files.bucket(of));
  }

  private Response move(Routes.Call call) {
    var of = environment.apply(call);
    var to = body(call).path("to").asString("");
    if (!to.equals("bucket") && !to.equals("disk")) {
      throw Problem.of("words-not-understood", "bytes move to bucket or to disk").raise();
    }
    files.move(of, to.equals("bucket"));
    journal.record(by.apply(call), of.id(), "storage move", to);
    return ok.apply(files.moved(of));
  }

  private static JsonNode body(Routes.Call call) {
    try {
      return call.request().body().length == 0
          ? JsonMapper.shared().createObjectNode()
          : JsonMapper.shared().readTree(call.request().body());
    } catch (JacksonException e) {
      throw Problem.of("body-invalid", "the body is not JSON").raise(e);
    }
  }
}
