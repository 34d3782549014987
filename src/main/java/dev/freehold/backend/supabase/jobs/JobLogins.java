package dev.freehold.backend.supabase.jobs;

import dev.freehold.postgres.Database;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// As whom jobs may run: as the role that runs the App's own SQL, and no other, since of no other
/// do we hold a login that the job could not turn into more. That role is `postgres`, and a
/// superuser only where the owner's own PostgreSQL makes the App's SQL run as one.
public final class JobLogins {
  private final Supplier<Database> asked;
  private volatile @Nullable Database owner;

  /// @param owner the App's database as that role; asked once it is needed
  public JobLogins(Supplier<Database> owner) {
    this.asked = owner;
  }

  /// The login of the job's role, in the job's database.
  ///
  /// @throws NoLogin when there is none
  Database of(CronJob job) throws NoLogin {
    var known = owner;
    if (known == null) {
      known = asked.get();
      owner = known;
    }
    var login = known;
    return Optional.of(login)
        .filter(one -> one.user().equals(job.user()))
        .map(one -> one.named(job.database()))
        .orElseThrow(() -> new NoLogin(job.user(), login.user()));
  }

  /// We hold no login of the job's role.
  static final class NoLogin extends Exception {
    private static final long serialVersionUID = 1L;

    NoLogin(String role, String owner) {
      super("connection failed: no login of role \"%s\"; jobs run as %s".formatted(role, owner));
    }
  }
}
