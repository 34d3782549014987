package dev.freehold.store;

import dev.freehold.problem.Problem;
import java.util.List;

/// The schema of the [Store], one entry a version. An entry that was shipped is never edited: a
/// change is a new entry.
final class StoreVersions {
  private static final List<List<String>> VERSIONS =
      List.of(
          List.of(
              """
              create table app (
                name text primary key,
                origin text not null,
                created_at text not null,
                created_by text not null
              ) strict
              """,
              """
              create table environment (
                id text primary key,
                app text not null references app (name),
                name text not null,
                created_at text not null,
                database text not null,
                unique (app, name)
              ) strict
              """,
              """
              create table release (
                environment text not null references environment (id),
                number integer not null,
                artifact text not null,
                export text not null,
                origin text not null,
                created_at text not null,
                created_by text not null,
                took_ms integer not null,
                variables text not null,
                secrets text not null,
                schema_mark text not null,
                primary key (environment, number)
              ) strict
              """,
              """
              create table activation (
                id integer primary key autoincrement,
                environment text not null,
                number integer not null,
                at text not null,
                by text not null,
                why text not null,
                foreign key (environment, number) references release (environment, number)
              ) strict
              """,
              """
              create table secret (
                environment text not null references environment (id),
                name text not null,
                version integer not null,
                sealed blob not null,
                set_at text not null,
                set_by text not null,
                removed_at text,
                primary key (environment, name, version)
              ) strict
              """,
              """
              create table variable (
                environment text not null references environment (id),
                name text not null,
                value text not null,
                primary key (environment, name)
              ) strict
              """,
              """
              create table operation (
                id text primary key,
                kind text not null,
                environment text not null,
                state text not null,
                step text not null,
                started_at text not null,
                ended_at text,
                by text not null,
                problem text
              ) strict
              """,
              """
              create table journal (
                id integer primary key autoincrement,
                at text not null,
                by text not null,
                environment text not null,
                action text not null,
                detail text not null
              ) strict
              """,
              "create index activation_by_environment on activation (environment, id)",
              "create index operation_by_environment on operation (environment, started_at)"),
          List.of(
              """
              create table ai_usage (
                environment text not null,
                month text not null,
                caller text not null,
                asked text not null,
                used text not null,
                calls integer not null,
                failures integer not null,
                uncosted integer not null,
                tokens_in integer not null,
                tokens_out integer not null,
                cost_nanos integer not null,
                largest_nanos integer not null,
                primary key (environment, month, caller, asked, used)
              ) strict
              """,
              """
              create table ai_hold (
                id integer primary key autoincrement,
                environment text not null,
                month text not null,
                caller text not null,
                asked text not null,
                used text not null,
                tokens integer not null,
                cost_nanos integer not null
              ) strict
              """,
              "create index ai_hold_by_environment on ai_hold (environment, month)"),
          List.of(
              """
              create table mail_sent (
                environment text not null,
                id text not null,
                at integer not null,
                primary key (environment, id)
              ) strict
              """,
              "create index mail_sent_by_time on mail_sent (at)"));

  private StoreVersions() {}

  static void bringUpToDate(Store store) {
    store.write("create table if not exists store_version (version integer not null) strict");
    int current =
        store.first("select max(version) from store_version", row -> row.getInt(1)).orElse(0);
    if (current > VERSIONS.size()) {
      throw Problem.of("store-newer", "the data folder was written by a newer Freehold")
          .detail("it has version " + current + ", this program knows " + VERSIONS.size())
          .hint("start the newer program, or use another data folder with --data")
          .raise();
    }
    for (int version = current + 1; version <= VERSIONS.size(); version++) {
      for (var statement : VERSIONS.get(version - 1)) {
        store.write(statement);
      }
      store.write("insert into store_version (version) values (?)", version);
    }
  }
}
