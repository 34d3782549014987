package dev.freehold.app;

import java.time.Instant;

/// Production, staging or a preview of an App: its own database, secrets and releases.
///
/// @param app whose environment it is
/// @param name `production`, `staging`, …
/// @param database where its rows are
public record Environment(AppName app, AppName name, Instant createdAt, DatabaseChoice database) {
  public static final AppName PRODUCTION = new AppName("production");

  /// Where an Environment's database is.
  public enum DatabaseChoice {
    /// A cluster of its own that Freehold keeps.
    OWN_CLUSTER,
    /// The owner's own PostgreSQL; its address is a secret.
    EXTERNAL
  }

  /// The name by which every room speaks of it, for example `shop/production`.
  public String id() {
    return app + "/" + name;
  }

  /// Its host name on this machine: `shop.localhost`, or `staging.shop.localhost`.
  public String localHost() {
    return name.equals(PRODUCTION) ? app + ".localhost" : name + "." + app + ".localhost";
  }
}
