package dev.freehold;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.freehold.testing.Browser;
import dev.freehold.testing.Freehold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// A server-rendered Lovable export (TanStack Start): its pages come from its own Node process, its
/// server functions work with the user's session and with the service role, and a rollback brings
/// the earlier process back. No process outlives the server.
class InvoicesJourneyTest {
  private static final Path EXPORT = Path.of("examples", "invoices");

  @Test
  void aServerRenderedAppRunsAsAProcess() throws IOException {
    try (var freehold = Freehold.fresh();
        var browser = Browser.open()) {
      var address = freehold.deploy(EXPORT, "invoices");
      assertRelease(freehold, address, "1");

      var owner = browser.page();
      signUp(owner, address, "ada@example.com");
      owner.navigate(address + "/invoices");
      assertThat(owner.getByRole(AriaRole.BUTTON, button("New invoice"))).isVisible();

      var changed = Freehold.copyOf(EXPORT);
      var version = changed.resolve("src/version.ts");
      Files.writeString(
          version, Files.readString(version).replace("RELEASE = \"1\"", "RELEASE = \"2\""));
      freehold.deploy(changed, "invoices");
      assertRelease(freehold, address, "2");
      owner.reload();
      assertThat(owner.getByTestId("account")).hasText("ada@example.com");

      freehold.run("rollback");
      assertRelease(freehold, address, "1");

      var data = freehold.data().toString();
      assertThat(processesIn(data)).isPositive();
      ProcessHandle.of(freehold.serverPid()).orElseThrow().destroyForcibly();
      freehold.run("up");
      assertRelease(freehold, address, "1");
      freehold.run("down");
      assertThat(processesIn(data)).isZero();
    }
  }

  /// The page is rendered on the server, and the app's own API answers beside it.
  private static void assertRelease(Freehold freehold, String address, String release) {
    var page = freehold.get(address, "/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).containsPattern("release\\s*(<!-- -->)?" + release);
    assertThat(freehold.get(address, "/api/public/health").body()).contains("\"" + release + "\"");
  }

  private static void signUp(Page page, String address, String email) {
    page.navigate(address + "/auth");
    page.waitForLoadState(com.microsoft.playwright.options.LoadState.NETWORKIDLE);
    page.getByLabel("Email").fill(email);
    page.getByLabel("Password").fill("correct horse battery");
    page.getByRole(AriaRole.BUTTON, button("Sign up")).click();
    assertThat(page.getByTestId("account")).hasText(email);
  }

  private static long processesIn(String data) {
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(data + "/"))
        .filter(process -> !process.info().command().orElse("").contains("/bin/sh"))
        .count();
  }

  private static Page.GetByRoleOptions button(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }
}
