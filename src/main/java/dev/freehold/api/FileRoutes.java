package dev.freehold.api;

import dev.freehold.http.Response;
import dev.freehold.problem.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `/v1/apps/{app}/{environment}/storage…`: what an App's buckets hold, whether their bytes are all
/// there, and the keys of S3 clients.
final class FileRoutes {
  private final Files files;
  private final Desk desk;

  FileRoutes(Files files, Desk desk) {
    this.files = files;
    this.desk = desk;
  }

  void mount(Routes routes) {
    var base = "/v1/apps/{app}/{environment}/storage";
    routes
        .on("GET", base, call -> desk.ok(files.usage(desk.environment(call))))
        .on("POST", base + "/verify", this::verify)
        .on("GET", base + "/s3", this::s3)
        .on("GET", base + "/bucket", call -> desk.ok(files.bucket(desk.environment(call))))
        .on("PUT", base + "/bucket", this::setBucket)
        .on("DELETE", base + "/bucket", this::unsetBucket)
        .on("POST", base + "/bucket/test", this::testBucket)
        .on("GET", base + "/move", call -> desk.ok(files.moved(desk.environment(call))))
        .on("POST", base + "/move", this::move);
  }

  private Response verify(Routes.Call call) {
    var of = desk.environment(call);
    boolean sweeping = call.query("sweep", "").equals("true");
    var found = files.verify(of, call.query("read", "").equals("true"), sweeping);
    if (sweeping) {
      desk.record(call, of, "storage swept", "");
    }
    return desk.ok(found);
  }

  private Response s3(Routes.Call call) {
    var of = desk.environment(call);
    desk.record(call, of, "storage s3 keys shown", "");
    return desk.ok(files.s3(of));
  }

  private Response setBucket(Routes.Call call) {
    var of = desk.environment(call);
    var wanted = body(call);
    files.setBucket(of, wanted);
    desk.record(call, of, "storage bucket set", wanted.path("bucket").asString(""));
    return desk.ok(files.bucket(of));
  }

  private Response unsetBucket(Routes.Call call) {
    var of = desk.environment(call);
    files.unsetBucket(of);
    desk.record(call, of, "storage bucket unset", "");
    return desk.ok(files.bucket(of));
  }

  private Response testBucket(Routes.Call call) {
    var of = desk.environment(call);
    files.testBucket(of);
    return desk.ok(files.bucket(of));
  }

  private Response move(Routes.Call call) {
    var of = desk.environment(call);
    var to = body(call).path("to").asString("");
    if (!to.equals("bucket") && !to.equals("disk")) {
      throw Problem.of("words-not-understood", "bytes move to bucket or to disk").raise();
    }
    files.move(of, to.equals("bucket"));
    desk.record(call, of, "storage move", to);
    return desk.ok(files.moved(of));
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
