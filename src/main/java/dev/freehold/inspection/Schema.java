package dev.freehold.inspection;

import java.util.List;

/// The app's schema migrations in the order they are applied, and what they leave behind when each
/// statement is replayed on paper.
///
/// @param folder where they lie; empty when there are none
/// @param migrations the files, in order
/// @param tables the tables that are left
/// @param functions database functions that are left
/// @param policies how many policies are left
/// @param extensions extensions created or named
/// @param schemas schemas beside `public` that the statements use
/// @param buckets storage buckets the statements create
/// @param computedBuckets whether they make more, by names that cannot be read
/// @param realtimeTables tables added to the realtime publication
/// @param computedRealtime whether it may have more: all of a schema, or names that cannot be read
/// @param cronJobs scheduled jobs
/// @param authTrigger whether a trigger hangs on `auth.users`
public record Schema(
    String folder,
    List<Migration> migrations,
    List<Table> tables,
    int functions,
    int policies,
    List<String> extensions,
    List<String> schemas,
    List<String> buckets,
    boolean computedBuckets,
    List<String> realtimeTables,
    boolean computedRealtime,
    List<CronJob> cronJobs,
    boolean authTrigger) {

  /// One SQL file.
  ///
  /// @param path relative to the export
  /// @param version the digits its name begins with; empty when it has none
  /// @param name the rest of its name
  /// @param statements how many statements it holds
  /// @param bytes its size
  public record Migration(String path, String version, String name, int statements, long bytes) {
    /// The name of the file: what tells one migration from another, since versions repeat.
    public String fileName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /// A table that is left after the replay.
  ///
  /// @param name with its schema
  /// @param rowSecurity whether row level security is on
  /// @param policies how many policies it has
  /// @param created where
  public record Table(String name, boolean rowSecurity, int policies, Place created) {}

  /// A job for `pg_cron`.
  ///
  /// @param schedule the five fields; empty when it is computed
  /// @param hosts the hosts its command calls
  public record CronJob(String name, String schedule, List<String> hosts, Place place) {}
}
