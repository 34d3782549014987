package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.functions.FunctionCalled;
import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.backend.supabase.functions.FunctionServer;
import dev.freehold.build.PackageRegistry;
import dev.freehold.build.Toolchains;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.OsUser;
import dev.freehold.os.Reach;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.json.JsonMapper;

/// Functions in their real jails, behind a real server, without an app around them.
final class FunctionBench implements AutoCloseable {
  final List<Event> events = new CopyOnWriteArrayList<>();
  final EnvironmentKeys keys = EnvironmentKeys.generate(Clock.systemUTC());
  final HttpClient client = HttpClient.newHttpClient();

  /// Of this machine's loopback, which functions may reach.
  final Set<Integer> ports = ConcurrentHashMap.newKeySet();

  final FunctionServer server;
  final Supervisor supervisor;
  private final Path data;
  private final Path code;
  private final HttpEngine engine;
  private final Listener listener;
  private final DenoFunctions processes;
  private final List<Map<String, Object>> facts = new ArrayList<>();
  private final Path deno =
      new Toolchains(Path.of("target/test-toolchains"), PackageRegistry.PUBLIC)
          .deno(line -> {})
          .program();

  FunctionBench(FunctionLimits limits, Jail.Limits jail) throws IOException {
    data = Files.createTempDirectory("freehold-bench");
    code = Files.createDirectories(data.resolve("code"));
    supervisor = Supervisor.open(data.resolve("instances"), events::add);
    var place =
        new DenoFunctions.Place(
            "shop/production",
            "shop",
            supervisor,
            data.resolve("lists"),
            data.resolve("scripts"),
            name -> OsUser.numbered("function", 399_000 + Math.floorMod(name.hashCode(), 99)),
            () -> new Reach(ports, Set.of()));
    processes = new DenoFunctions(place, jail);
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
    facts.add(Map.of("name", name, "verify_jwt", verifyJwt));
    again();
    return this;
  }

  /// Installs what there is once more, as the next release does.
  void again() throws IOException {
    var list = data.resolve("functions.json");
    Files.write(list, JsonMapper.shared().writeValueAsBytes(Map.of("functions", facts)));
    install(new DenoFunctions.Code(1, code, list, deno));
  }

  /// Installs what a build made.
  void install(DenoFunctions.Code built) {
    server.install(
        processes.release(
            built,
            function -> Map.of("SUPABASE_URL", "http://shop.localhost", "MY_SECRET", "kept")));
  }

  /// Where what Deno found out about functions is kept.
  Path modules() {
    return data.resolve("modules");
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
