package dev.freehold.testing;

import dev.freehold.app.AppName;
import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.os.DurableFiles;
import dev.freehold.secret.MasterKey;
import dev.freehold.secret.Secrets;
import dev.freehold.store.Store;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The program as a stranger uses it: `./freehold` in a process of its own, with a data folder that
/// is removed afterwards. What every deploy would fetch anew (PostgreSQL, toolchains, packages) is
/// shared between the data folders of one test run.
public final class Freehold implements AutoCloseable {
  private static final Path PROGRAM = Path.of("freehold").toAbsolutePath();
  private static final Path SHARED = Path.of("target", "test-shared").toAbsolutePath();
  private static final int TIMEOUT_MINUTES = 10;

  private final Path data;
  private final HttpClient http = HttpClient.newHttpClient();

  private Freehold(Path data) {
    this.data = data;
  }

  /// A Freehold with nothing in it; its server is not started yet.
  public static Freehold fresh() {
    try {
      var data = Files.createTempDirectory("fh");
      for (var shared : List.of("engines", "toolchains")) {
        var target = Files.createDirectories(SHARED.resolve(shared));
        copyTree(target, data.resolve(shared));
      }
      return new Freehold(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a command said and how it ended.
  public record Said(int exit, String out, String err) {
    public JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  public Path data() {
    return data;
  }

  /// Runs a command that is expected to end well.
  public Said run(String... words) {
    var said = tryTo(words);
    if (said.exit() != 0) {
      throw new AssertionError(
          "freehold "
              + String.join(" ", words)
              + " ended with "
              + said.exit()
              + "\n"
              + said.err()
              + said.out());
    }
    return said;
  }

  public Said tryTo(String... words) {
    return withInput("", words);
  }

  /// The same, with a text on its standard input.
  public Said withInput(String input, String... words) {
    try {
      var process = start(words);
      try (var in = process.outputWriter()) {
        in.write(input);
      }
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("freehold " + String.join(" ", words) + " did not end");
      }
      return new Said(
          process.exitValue(),
          Files.readString(output(process, "out")),
          Files.readString(output(process, "err")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Starts a command and does not wait; its output goes to files of the data folder's own.
  public Process start(String... words) {
    try {
      Files.createDirectories(data.resolve("said"));
      var command = new ArrayList<>(List.of(PROGRAM.toString()));
      command.addAll(List.of(words));
      var number = Files.createTempFile(data.resolve("said"), "c", "");
      var builder =
          new ProcessBuilder(command)
              .redirectOutput(new File(number + ".out"))
              .redirectError(new File(number + ".err"));
      builder.environment().put("FREEHOLD_DATA", data.toString());
      var process = builder.start();
      outputs.put(process.pid(), number);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final java.util.Map<Long, Path> outputs = new java.util.concurrent.ConcurrentHashMap<>();

  private Path output(Process process, String kind) {
    var number = outputs.get(process.pid());
    return Path.of(number + "." + kind);
  }

  /// Deploys without a question and answers the address.
  public String deploy(Path export, String app) {
    return run("deploy", export.toString(), "--app", app, "--yes", "--port", "0", "--json")
        .json()
        .path("address")
        .asString();
  }

  public long serverPid() {
    return run("status", "--json").json().path("pid").asLong();
  }

  /// The keys of an environment, read the way the server reads them.
  public EnvironmentKeys keys(String app) {
    var control = data.resolve("control");
    try (var store = Store.open(control.resolve("freehold.db"))) {
      var secrets =
          new Secrets(store, MasterKey.at(control.resolve("master.key")), Clock.systemUTC());
      var environment =
          new Environment(
              new AppName(app),
              Environment.PRODUCTION,
              Instant.EPOCH,
              Environment.DatabaseChoice.OWN_CLUSTER);
      return EnvironmentKeys.fromJson(secrets.own(environment, "keys").orElseThrow());
    }
  }

  /// One request, by loopback address and with the app's host.
  public HttpResponse<String> get(String address, String path) {
    try {
      var uri = URI.create(address);
      var request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + uri.getPort() + path)).build();
      return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Copies an export, so that a test can change a file of it.
  public static Path copyOf(Path export) {
    try {
      var copy = TempFolder.create("fh-export");
      copyTree(export, copy.resolve(export.getFileName()));
      return copy.resolve(export.getFileName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    tryTo("down");
    http.close();
    // A test that failed in between may have left a server that never answered.
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(data + "/"))
        .forEach(ProcessHandle::destroyForcibly);
    try {
      for (var shared : List.of("engines", "toolchains")) {
        if (Files.exists(data.resolve(shared))) {
          copyTree(data.resolve(shared), SHARED.resolve(shared));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    DurableFiles.deleteTree(data);
  }

  /// Copies what is not there yet, with links instead of copies where the file system allows.
  private static void copyTree(Path from, Path to) throws IOException {
    try (var paths = Files.walk(from)) {
      for (var path : paths.sorted().toList()) {
        var target = to.resolve(from.relativize(path).toString());
        if (Files.isSymbolicLink(path)) {
          if (!Files.isSymbolicLink(target)) {
            Files.createSymbolicLink(target, Files.readSymbolicLink(path));
          }
        } else if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else if (!Files.exists(target)) {
          Files.copy(path, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
