package dev.freehold.backend.supabase.functions.deno;

import dev.freehold.backend.VendorCallsModule;
import dev.freehold.backend.supabase.functions.FunctionServer;
import dev.freehold.os.Command;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.JailFiles;
import dev.freehold.os.OurFiles;
import dev.freehold.os.Reach;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How one function is started on Deno, in its jail. The jail is the first wall; Deno's own
/// permissions are the second: the network without the addresses that are closed, which holds on
/// machines where we are not root too, the Release's functions to read, and nothing to write but
/// /tmp.
///
/// Every folder has the same path inside the jail as outside.
///
/// @param deno the toolchain's `deno`
/// @param scripts the folder of our own modules
/// @param jailFiles the lists that stand for the machine's own
/// @param reach what it may reach beside the public internet
record FunctionLaunch(Path deno, Path scripts, JailFiles jailFiles, Reach reach) {
  private static final String BOOT = "function-boot.mjs";
  private static final Path TMP = Path.of("/tmp");
  private static final Path SYSTEM = Path.of("/usr");

  /// V8's heap; buffers, code and threads come on top.
  private static final int HEAP_MEGABYTES = 256;

  /// Modules that make a client when they are loaded want something to make it with.
  private static final Map<String, String> NOBODYS =
      Map.of(
          "SUPABASE_URL", "http://localhost",
          "SUPABASE_ANON_KEY", "none",
          "SUPABASE_SERVICE_ROLE_KEY", "none",
          "SUPABASE_PUBLISHABLE_KEYS", "{}",
          "SUPABASE_SECRET_KEYS", "{}",
          "SUPABASE_DB_URL", "postgresql://nobody:none@localhost/none",
          "SUPABASE_JWKS", "{\"keys\":[]}");

  FunctionLaunch {
    DurableFiles.folder(scripts);
    DurableFiles.keep(scripts.resolve(BOOT), OurFiles.read(FunctionServer.class, BOOT));
    DurableFiles.keep(
        scripts.resolve(VendorCallsModule.NAME),
        OurFiles.read(VendorCallsModule.class, VendorCallsModule.NAME));
  }

  /// The command that serves one function on a socket.
  ///
  /// @param modules the process's own copy of a [ModuleCache]; empty without one
  /// @param variables what the function reads by `Deno.env`
  Command command(
      FunctionCode code,
      Path socket,
      Optional<Path> modules,
      Map<String, String> variables,
      Jail jail) {
    var sockets = DurableFiles.parent(socket);
    var words = words(code, sockets);
    words.addAll(
        List.of("--allow-net", "--deny-net=" + String.join(",", reach.closedWithoutPorts())));
    words.add("--allow-write=/tmp," + sockets);
    if (modules.isEmpty()) {
      words.add("--no-code-cache");
    }
    words.add(scripts.resolve(BOOT).toString());
    return command(words, code, socket, variables)
        .with("DENO_DIR", modules.orElse(TMP.resolve("deno")).toString())
        .inside(seeing(code, sockets, jail));
  }

  /// The command that loads one function's code and ends, so that its modules are in the cache: the
  /// function itself can neither reach a network nor write anywhere but to the socket's folder.
  ///
  /// @param modules an empty folder of the jail's user
  Command preparing(FunctionCode code, Path socket, Path modules, Jail jail) {
    var sockets = DurableFiles.parent(socket);
    var words = words(code, sockets);
    words.addAll(List.of("--allow-write=" + sockets, "--deny-write=" + modules));
    words.add(scripts.resolve(BOOT).toString());
    return command(words, code, socket, NOBODYS)
        .with("DENO_DIR", modules.toString())
        .with("FREEHOLD_PREPARES", "1")
        .inside(seeing(code, sockets, jail).writing(modules, modules));
  }

  private static Command command(
      List<String> words, FunctionCode code, Path socket, Map<String, String> variables) {
    return Command.of(words)
        .in(code.home())
        .with(variables)
        .with(code.variables())
        .with(
            Map.of(
                "HOME", TMP.toString(),
                "DENO_NO_UPDATE_CHECK", "1",
                "NO_COLOR", "1",
                "FREEHOLD_SOCKET", socket.toString(),
                "FREEHOLD_ENTRY", code.main().toUri().toString()));
  }

  /// What both have in common: V8 takes compiled code only from a process with the same flags.
  private List<String> words(FunctionCode code, Path sockets) {
    var seen = String.join(",", code.folder().toString(), scripts.toString(), sockets.toString());
    var words = new ArrayList<>(List.of(deno.toString(), "run", "--quiet", "--no-prompt"));
    words.addAll(code.words());
    words.addAll(
        List.of(
            "--node-modules-dir=none",
            // A signal tells that the client has left, not that it was answered.
            "--unstable-no-legacy-abort",
            "--allow-env",
            "--allow-sys",
            "--allow-read=" + seen + ",/tmp,/etc/resolv.conf,/etc/hosts",
            "--v8-flags=--max-old-space-size=" + HEAP_MEGABYTES));
    return words;
  }

  private Jail seeing(FunctionCode code, Path sockets, Jail jail) {
    var more =
        jail.seeing(scripts, scripts)
            .seeing(code.folder(), code.folder())
            .writing(sockets, sockets)
            .seeing(jailFiles.accounts(), Path.of("/etc/passwd"))
            .seeing(jailFiles.hosts(), Path.of("/etc/hosts"));
    return deno.startsWith(SYSTEM) ? more : more.seeing(deno, deno);
  }
}
