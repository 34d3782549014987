package dev.freehold.api;

import dev.freehold.app.Environment;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import java.util.function.Function;

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
        .on("GET", base + "/s3", this::s3);
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
}
