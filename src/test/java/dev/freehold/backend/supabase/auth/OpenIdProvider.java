package dev.freehold.backend.supabase.auth;

import com.microsoft.playwright.Page;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A real OpenID Connect provider: npm's certified `oidc-provider` in Node (`src/test/js`), with
/// its own pages for signing in and consenting.
final class OpenIdProvider implements AutoCloseable {
  final String issuer;
  private final Process process;

  /// @param callback the one address it sends browsers back to
  OpenIdProvider(String callback) {
    try {
      int port = freePort();
      issuer = "http://localhost:" + port;
      process =
          new ProcessBuilder("node", "oidc.mjs", "" + port, callback)
              .directory(Path.of("src", "test", "js").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var said =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      var line = said.readLine();
      if (line == null || !line.startsWith("listening")) {
        throw new IllegalStateException("no provider: npm ci in src/test/js? It said " + line);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What a person does on its pages.
  static void signIn(Page page, String person) {
    page.fill("input[name=login]", person);
    page.fill("input[name=password]", "anything");
    page.click("button[type=submit]");
    page.waitForSelector("button[autofocus], button[type=submit]");
    page.click("button[type=submit]");
  }

  @Override
  public void close() {
    process.destroy();
  }
}
