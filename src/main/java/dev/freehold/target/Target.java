package dev.freehold.target;

import dev.freehold.app.Environment;
import dev.freehold.postgres.Database;
import dev.freehold.release.Release;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What every place to run can do. Prepare aside, swap once, drain after: [#place] touches nothing
/// that is live, [#activate] is the one swap.
public interface Target {
  /// A Release that is set up beside the live one, healthy, and takes no traffic yet.
  interface Placed {
    Release release();

    /// Undoes the placing of a Release that was not activated.
    void withdraw();
  }

  /// The secret, of Freehold's own, that holds the address of an owner's own PostgreSQL.
  String DATABASE_URL_SECRET = "database-url";

  /// Makes the Environment's database and backend ready; harmless when they are.
  ///
  /// @return the database as the role that runs the app's schema migrations
  Database prepare(Environment environment, Consumer<String> log);

  /// Lays aside what an export says about sign-in, for the Releases made of it: it counts from the
  /// moment one of them is live.
  ///
  /// @param export the Export's digest
  /// @param section `[auth]` of `supabase/config.toml` as nested tables, templates read in
  /// @param use what the App's code asks of sign-in
  /// @return what of it cannot be followed, a sentence each
  /// @throws dev.freehold.problem.ProblemException `auth-configuration-invalid` when a hook that is
  ///   on cannot be used
  List<String> prepareAuth(
      Environment environment, String export, Map<String, Object> section, SignInUse use);

  /// Whether the Environment's mails go through a mail server; otherwise they stay here.
  boolean mailLeaves(Environment environment);

  /// Sets the Release up beside the live one and waits until it is healthy.
  ///
  /// @throws dev.freehold.problem.ProblemException `release-unhealthy` with its last words; the
  ///   live Release was not touched
  Placed place(Release release, Consumer<String> log);

  /// Sends new traffic to the Release, then drains and stops the one before.
  void activate(Placed placed);

  /// The address a person opens.
  String address(Environment environment);

  /// Stops and removes all of an Environment.
  ///
  /// @param finalDump the folder its data is kept in, or nothing to keep none
  /// @return the file that holds its data
  Optional<Path> remove(Environment environment, Optional<Path> finalDump, Consumer<String> log);
}
