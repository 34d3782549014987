package dev.freehold.build;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.OsUser;
import dev.freehold.os.OurFiles;
import dev.freehold.os.Outcome;
import dev.freehold.os.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One app's room for builds, and the sandbox its commands run in.
///
/// Inside, `/work/app` is the copy of the Export, `/work/cache` the app's own package cache (shared
/// with no other app, so that none can poison another's), `/tools` the toolchains and `/freehold`
/// what we hand in: all but `/work` read-only. There is no network but [RegistryGate]'s socket.
/// Where bubblewrap is missing the same commands run on the machine's own paths as another OS user,
/// with its network.
final class Workplace implements AutoCloseable {
  private static final String FORWARD = "forward.mjs";
  private static final Path WORK = Path.of("/work");
  private static final Path TOOLS = Path.of("/tools");
  private static final Path HANDED_IN = Path.of("/freehold");
  private static final int FIRST_UID = 64_000;
  private static final int UIDS = 1_000;

  /// Node's own heap may take this part of the memory limit; the rest is for what is beside it.
  private static final double HEAP_SHARE = 0.75;

  /// Node 22 calls its use of a proxy an experiment, in two lines for each process.
  private static final String QUIET = "--disable-warning=UNDICI-EHPA";

  private static final List<String> CERTIFICATES = List.of("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE");

  private final Path folder;
  private final BuildContext context;
  private final List<Toolchain> tools;
  private final Map<String, String> variables;
  private final Path handedIn;
  private final RegistryGate gate;
  private final OsUser user;
  private final Jail jail;
  private final Map<String, String> environment;

  /// @param folder the app's own; `room` below it is what the sandbox may write to
  /// @param imported `host:port` that the app's code imports from: reached where they are public
  /// @param machine the environment of our own process, for the owner's certificates
  Workplace(
      Path folder,
      BuildContext context,
      PackageRegistry registry,
      List<Toolchain> tools,
      Map<String, String> variables,
      Set<String> imported,
      Map<String, String> machine) {
    this.folder = folder;
    this.context = context;
    this.tools = tools;
    this.variables = variables;
    this.user = OsUser.numbered("build", uid(context.app()));
    this.handedIn = handIn();
    this.gate =
        RegistryGate.open(socket(), allowed(registry, context.hosts()), imported, context.log());
    this.jail = jail();
    this.environment = environment(registry, machine);
  }

  private static int uid(String app) {
    return FIRST_UID + Math.floorMod(app.hashCode(), UIDS);
  }

  private static Set<String> allowed(PackageRegistry registry, Set<String> hosts) {
    var allowed = new HashSet<String>();
    allowed.add(registry.base().getHost() + ":" + registry.port());
    for (var host : hosts) {
      if (host.contains(":")) {
        allowed.add(host);
        continue;
      }
      allowed.add(host + ":443");
      allowed.add(host + ":80");
    }
    return allowed;
  }

  /// The copy of the Export, outside.
  Path app() {
    return folder.resolve("room/app");
  }

  /// Where bundled functions are left, outside.
  Path functions() {
    return room().resolve("functions");
  }

  /// The same as its commands must name it.
  String inFunctions(String path) {
    return inside(functions()).resolve(path).toString();
  }

  /// Hands a file in, which nothing inside can change.
  ///
  /// @return how its commands must name it
  String hand(String name, byte[] content) {
    DurableFiles.folder(DurableFiles.parent(handedIn.resolve(name)));
    DurableFiles.write(handedIn.resolve(name), content);
    return (Sandbox.available() ? HANDED_IN : handedIn).resolve(name).toString();
  }

  private Path room() {
    return folder.resolve("room");
  }

  private Path socket() {
    return handedIn.resolve("gate.sock");
  }

  /// Gives the sandbox's user what it is to write to.
  void own() {
    for (var part : List.of("app", "cache", "home", "functions")) {
      var path = room().resolve(part);
      DurableFiles.folder(path);
      if (part.equals("app") || part.equals("functions") || !ownedByUser(path)) {
        DurableFiles.giveTo(user, path);
      }
    }
  }

  private boolean ownedByUser(Path path) {
    try {
      return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS).equals(user.uid());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a program with the app's folder as its own; each line goes to the log.
  Outcome run(List<String> argv, Duration limit) {
    var words = new ArrayList<String>();
    if (Sandbox.available()) {
      words.add(inside(tool("node")));
      words.add(HANDED_IN.resolve(FORWARD).toString());
      words.add(HANDED_IN.resolve("gate.sock").toString());
    }
    words.addAll(argv);
    var command =
        Command.of(words)
            .in(inside(app()))
            .with(variables)
            .with(environment)
            .within(limit)
            .inside(jail);
    var outcome = Commands.run(command, context.log());
    if (Thread.interrupted()) {
      throw BuildProblems.cancelled();
    }
    return outcome;
  }

  /// A tool's program as its commands must name it.
  String program(String tool) {
    return inside(tool(tool));
  }

  boolean has(String tool) {
    return tools.stream().anyMatch(t -> t.name().equals(tool));
  }

  /// A folder of the app's own package cache as its commands must name it.
  String inCache(String name) {
    return inside(room().resolve("cache").resolve(name)).toString();
  }

  /// A file of the app's folder as its commands must name it.
  String inApp(String path) {
    return inside(app()).resolve(path).toString();
  }

  private Toolchain tool(String name) {
    return tools.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  private Path inside(Path outside) {
    return Sandbox.available() ? WORK.resolve(room().relativize(outside)) : outside;
  }

  private String inside(Toolchain tool) {
    return (Sandbox.available() ? TOOLS.resolve(tool.name()).resolve(tool.entry()) : tool.program())
        .toString();
  }

  private Path handIn() {
    try {
      var outer = Files.createTempDirectory("freehold-build");
      var inner = Files.createDirectory(outer.resolve("in"));
      Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("rwxr-xr-x"));
      if (!Sandbox.available()) {
        Files.setPosixFilePermissions(outer, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Files.write(inner.resolve(FORWARD), OurFiles.read(Workplace.class, FORWARD));
      var names = Files.createDirectory(inner.resolve("bin"));
      for (var tool : tools) {
        Files.createSymbolicLink(names.resolve(tool.name()), Path.of(inside(tool)));
      }
      if (has("bun")) {
        Files.createSymbolicLink(names.resolve("bunx"), Path.of(inside(tool("bun"))));
      }
      return inner;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Jail jail() {
    DurableFiles.folder(room());
    var made =
        new Jail(user, List.of(), !Sandbox.available(), context.limits().sandbox())
            .writing(room(), WORK)
            .seeing(handedIn, HANDED_IN);
    for (var tool : tools) {
      made = made.seeing(tool.home(), TOOLS.resolve(tool.name()));
    }
    return made.withAccount(handedIn, WORK.resolve("home"));
  }

  private Map<String, String> environment(PackageRegistry registry, Map<String, String> machine) {
    var ours = new LinkedHashMap<String, String>();
    boolean jailed = Sandbox.available();
    var ourBin = jailed ? HANDED_IN.resolve("bin") : handedIn.resolve("bin");
    ours.put("PATH", ourBin + ":/usr/local/bin:/usr/bin:/bin");
    ours.put("HOME", inside(room().resolve("home")).toString());
    ours.put("USER", user.name());
    ours.put("TMPDIR", "/tmp");
    ours.put("TZ", "UTC");
    ours.put("CI", "true");
    ours.put("NO_COLOR", "1");
    ours.put("npm_config_registry", registry.base() + "/");
    ours.put("npm_config_cache", inCache("npm"));
    ours.put("npm_config_update_notifier", "false");
    ours.put("npm_config_audit", "false");
    ours.put("npm_config_fund", "false");
    ours.put("BUN_INSTALL_CACHE_DIR", inCache("bun"));
    ours.put("BUN_CONFIG_REGISTRY", registry.base() + "/");
    ours.put("DENO_DIR", inCache("deno"));
    ours.put("NPM_CONFIG_REGISTRY", registry.base() + "/");
    ours.put("DENO_NO_PACKAGE_JSON", "1");
    ours.put("DENO_NO_UPDATE_CHECK", "1");
    ours.put("DENO_TLS_CA_STORE", "mozilla,system");
    if (machine.containsKey("JSR_URL")) {
      ours.put("JSR_URL", machine.getOrDefault("JSR_URL", ""));
    }
    ours.put("DO_NOT_TRACK", "1");
    ours.put("NEXT_TELEMETRY_DISABLED", "1");
    ours.put("ASTRO_TELEMETRY_DISABLED", "1");
    if (jailed) {
      // Node's own fetch and http take the proxy from the environment only when told to.
      ours.put("NODE_USE_ENV_PROXY", "1");
      ours.put("NO_PROXY", "localhost,127.0.0.1,::1".replace(registry.base().getHost(), ""));
    }
    long heap = (long) (context.limits().sandbox().memoryBytes() * HEAP_SHARE) >> 20;
    var options = variables.getOrDefault("NODE_OPTIONS", "");
    ours.put("NODE_OPTIONS", (QUIET + " --max-old-space-size=" + heap + " " + options).strip());
    certificates(ours, machine);
    return ours;
  }

  /// A company's own proxy signs with a certificate that the machine knows and the sandbox must.
  private void certificates(Map<String, String> ours, Map<String, String> machine) {
    for (var name : CERTIFICATES) {
      var from = machine.getOrDefault(name, "");
      if (!from.isEmpty() && Files.isReadable(Path.of(from))) {
        try {
          Files.copy(Path.of(from), handedIn.resolve(name + ".pem"));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        var there = Sandbox.available() ? HANDED_IN : handedIn;
        ours.put(name, there.resolve(name + ".pem").toString());
      }
    }
  }

  @Override
  public void close() {
    gate.close();
    DurableFiles.deleteTree(DurableFiles.parent(handedIn));
  }
}
