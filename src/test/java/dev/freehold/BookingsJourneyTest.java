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
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The main job in a real browser: deploy a Lovable export, sign up, write and read rows, call its
/// edge function, see that nobody else can, deploy a changed version, go back.
class BookingsJourneyTest {
  private static final Path EXPORT = Path.of("examples", "bookings");
  private static final Duration ROLLBACK_PATIENCE = Duration.ofSeconds(10);

  @Test
  void aStrangerTakesTheAppLiveAndBack() throws IOException {
    try (var freehold = Freehold.fresh();
        var browser = Browser.open()) {
      var address = freehold.deploy(EXPORT, "bookings");

      var owner = browser.page();
      signUp(owner, address, "ada@example.com");
      newCustomer(owner, address, "Grace Hopper");
      assertThat(owner.getByText("Grace Hopper").first()).isVisible();
      owner.reload();
      assertThat(owner.getByText("Grace Hopper").first()).isVisible();

      newBooking(owner, address, "Grace Hopper");
      owner.getByRole(AriaRole.BUTTON, button("Draft reminder")).click();
      assertThat(owner.getByLabel("Reminder"))
          .containsText("Dear Grace Hopper, we look forward to seeing you");
      assertThat(owner.getByLabel("Reminder")).containsText("09:30 for Cut (60 minutes)");
      owner.navigate(address + "/customers");

      var other = browser.page();
      signUp(other, address, "eve@example.com");
      other.navigate(address + "/customers");
      assertThat(other.getByRole(AriaRole.HEADING, heading("Customers"))).isVisible();
      assertThat(other.getByText("Grace Hopper")).hasCount(0);

      var changed = Freehold.copyOf(EXPORT);
      var version = changed.resolve("src/version.ts");
      Files.writeString(
          version, Files.readString(version).replace("RELEASE = \"1\"", "RELEASE = \"2\""));
      freehold.deploy(changed, "bookings");
      owner.reload();
      assertThat(owner.getByText("release 2")).isVisible();
      assertThat(owner.getByText("Grace Hopper").first()).isVisible();

      long began = System.nanoTime();
      freehold.run("rollback");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(ROLLBACK_PATIENCE);
      owner.reload();
      assertThat(owner.getByText("release 1")).isVisible();
      assertThat(owner.getByText("Grace Hopper").first()).isVisible();

      signOutAndIn(owner, address, "ada@example.com");
      owner.navigate(address + "/customers");
      assertThat(owner.getByText("Grace Hopper").first()).isVisible();
    }
  }

  private static void signUp(Page page, String address, String email) {
    page.navigate(address + "/auth");
    page.getByLabel("Email").fill(email);
    page.getByLabel("Password").fill("correct horse battery");
    page.getByLabel("Full name").fill("A Person");
    page.getByRole(AriaRole.BUTTON, button("Sign up")).click();
    assertThat(page.getByTestId("account")).hasText(email);
  }

  private static void newCustomer(Page page, String address, String name) {
    page.navigate(address + "/customers");
    page.getByRole(AriaRole.BUTTON, button("New customer")).click();
    page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill(name);
    page.getByRole(AriaRole.BUTTON, button("Save customer")).click();
  }

  /// Ends at the page of the booking made.
  private static void newBooking(Page page, String address, String customer) {
    page.navigate(address + "/services");
    page.getByRole(AriaRole.BUTTON, button("New service")).click();
    page.getByLabel("Name", new Page.GetByLabelOptions().setExact(true)).fill("Cut");
    page.getByLabel("Price").fill("30");
    page.getByRole(AriaRole.BUTTON, button("Save service")).click();
    assertThat(page.getByRole(AriaRole.BUTTON, button("Delete Cut"))).isVisible();
    page.navigate(address + "/bookings");
    page.getByRole(AriaRole.BUTTON, button("New booking")).click();
    page.getByLabel("Customer", new Page.GetByLabelOptions().setExact(true)).selectOption(customer);
    page.getByLabel("Service", new Page.GetByLabelOptions().setExact(true)).selectOption("Cut");
    page.getByLabel("Starts at").fill("2031-03-04T09:30");
    page.getByRole(AriaRole.BUTTON, button("Save booking")).click();
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("4 Mar 2031, 09:30")).click();
    assertThat(page.getByRole(AriaRole.HEADING, heading(customer))).isVisible();
  }

  private static void signOutAndIn(Page page, String address, String email) {
    page.getByRole(AriaRole.BUTTON, button("Sign out")).click();
    assertThat(page.getByTestId("account")).hasCount(0);
    page.navigate(address + "/auth");
    page.getByLabel("Email").fill(email);
    page.getByLabel("Password").fill("correct horse battery");
    page.getByRole(AriaRole.BUTTON, button("Sign in")).click();
    assertThat(page.getByTestId("account")).hasText(email);
  }

  private static Page.GetByRoleOptions button(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Page.GetByRoleOptions heading(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }
}
