package dev.freehold.testing;

import dev.freehold.app.AppName;
import dev.freehold.app.Apps;
import dev.freehold.app.Environment;
import dev.freehold.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

/// The control plane's state in a folder of its own, with one environment in it and a still clock.
public final class ControlState implements AutoCloseable {
  public static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  public final Path folder = TempFolder.create("fh-state");
  public final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
  public final Store store = Store.open(folder.resolve("freehold.db"));
  public final Apps apps = new Apps(store, clock);
  public final Environment shop =
      apps.ensure(
          new AppName("shop"),
          Environment.PRODUCTION,
          "./shop.zip",
          Environment.DatabaseChoice.OWN_CLUSTER,
          "ada");

  @Override
  public void close() {
    store.close();
  }
}
