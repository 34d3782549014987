package dev.freehold.target.thishost;

import dev.freehold.backend.VendorCallsModule;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.OurFiles;
import java.nio.file.Path;
import java.util.List;

/// Our own Node modules as files, with the account and host lists a jail needs, in one folder that
/// every app's jail sees read-only.
///
/// @param folder where they lie; the same path is used inside the jail
public record NodeScripts(Path folder) {
  private static final List<String> MODULES =
      List.of(
          "cloudflare-sockets.mjs",
          "cloudflare-workers.mjs",
          "freehold-preload.mjs",
          "local-names.mjs",
          "module-hooks.mjs",
          "node-listener.mjs",
          "serve-fetch-handler.mjs",
          "serve-worker.mjs",
          "static-files.mjs");

  /// Writes them; what an older Freehold wrote there is replaced.
  public static NodeScripts into(Path folder) {
    DurableFiles.folder(folder);
    for (var module : MODULES) {
      DurableFiles.keep(folder.resolve(module), OurFiles.read(NodeScripts.class, module));
    }
    DurableFiles.keep(
        folder.resolve(VendorCallsModule.NAME),
        OurFiles.read(VendorCallsModule.class, VendorCallsModule.NAME));
    return new NodeScripts(folder);
  }

  Path preload() {
    return folder.resolve("freehold-preload.mjs");
  }

  Path fetchHandler() {
    return folder.resolve("serve-fetch-handler.mjs");
  }

  Path worker() {
    return folder.resolve("serve-worker.mjs");
  }
}
