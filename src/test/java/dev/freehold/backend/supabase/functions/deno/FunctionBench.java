package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.functions.FunctionCalled;
import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.backend.supabase.functions.FunctionServer;
import dev.freehold.build.PackageRegistry;
import dev.freehold.build.Toolchains;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.JailFiles;
import dev.freehold.os.OsUser;
import dev.freehold.os.Reach;
import dev.freehold.supervisor.ProcessSpec;
import dev.freehold.supervisor.Readiness;
import dev.freehold.supervisor.RestartPolicy;
import dev.freehold.supervisor.Supervisor;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.LogLine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Functions in their real jails, behind a real server, without an app around them.
final class FunctionBench implements AutoCloseable {
  final List<Event> events = new CopyOnWriteArrayList<>();
  final EnvironmentKeys keys = EnvironmentKeys.generate(Clock.systemUTC());
  final HttpClient client = HttpClient.newHttpClient();
  final FunctionServer server;
  final Supervisor supervisor;
  private final Path data;
  private final Path code;
  private final HttpEngine engine;
  private final Listener listener;
  private final Jail.Limits jail;
  private final List<FunctionRelease.Facts> facts = new ArrayList<>();
  private final AtomicInteger number = new AtomicInteger();

  FunctionBench(FunctionLimits limits, Jail.Limits jail) throws IOException {
    this.jail = jail;
    data = Files.createTempDirectory("freehold-bench");
    code = Files.createDirectories(data.resolve("code"));
    supervisor = Supervisor.open(data.resolve("instances"), events::add);
    engine = HttpEngine.start(events::add);
    server =
        new FunctionServer(
            "shop/production",
            keys.jwt().verifier(Clock.systemUTC()),
            limits,
            Clock.systemUTC(),
            events::add);
    listener = engine.listen(ListenSpec.tcp("127.0.0.1", 0), server);
  }

  /// Adds a function, open to everybody.
  FunctionBench with(String name, String source) throws IOException {
    return with(name, false, source);
  }

  FunctionBench with(String name, boolean verifyJwt, String source) throws IOException {
    Files.createDirectories(code.resolve(name));
    Files.writeString(code.resolve(name).resolve("index.js"), source);
    facts.add(new FunctionRelease.Facts(name, verifyJwt));
    again();
    return this;
  }

  /// Installs what there is once more, as the next release does.
  void again() {
    server.install(new FunctionRelease(1, facts, this::start));
  }

  private LaunchedFunction start(FunctionRelease.Facts function) {
    var deno =
        new Toolchains(Path.of("target/test-toolchains"), PackageRegistry.PUBLIC)
            .deno(line -> {})
            .program();
    var user = OsUser.numbered("function", 399_000 + Math.floorMod(function.name().hashCode(), 99));
    var lists = JailFiles.into(data.resolve("lists-" + function.name()), user, "shop");
    var socket = FunctionSockets.make(user);
    var command =
        new FunctionLaunch(
                deno,
                data.resolve("scripts"),
                lists,
                new Reach(java.util.Set.of(), java.util.Set.of()))
            .command(
                code,
                function.name(),
                socket,
                Map.of("SUPABASE_URL", "http://shop.localhost", "MY_SECRET", "kept"),
                new Jail(user, List.of(), true, jail));
    var spec =
        new ProcessSpec(
            "shop/production/v1-" + function.name() + "-" + number.incrementAndGet(),
            command,
            0,
            Readiness.of("/"),
            RestartPolicy.NEVER,
            Duration.ofSeconds(5),
            new ProcessSpec.LogLabels("function/" + function.name(), "shop/production", 1));
    return new LaunchedFunction(supervisor.start(spec), socket);
  }

  int port() {
    return listener.port();
  }

  URI address(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(address(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(address(path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  void step() {
    server.step(Instant.now());
  }

  FunctionServer.Status status(String name) {
    return server.status().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  List<String> lines(String function) {
    return events.stream()
        .map(e ->
            e instanceof LogLine line && line.source().equals("function/" + function)
                ? line.text()
                : "")
        .filter(text -> !text.isEmpty())
        .toList();
  }

  List<FunctionCalled> calls() {
    return events.stream()
        .filter(FunctionCalled.class::isInstance)
        .map(FunctionCalled.class::cast)
        .toList();
  }

  @Override
  public void close() {
    server.close();
    listener.close();
    engine.close();
    supervisor.close();
    client.close();
    DurableFiles.deleteTree(data);
  }
}
