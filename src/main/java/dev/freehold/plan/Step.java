package dev.freehold.plan;

/// One part of a Plan. The order of a Plan's steps is the order in which they are done.
public sealed interface Step {

  /// One line that says what the step does.
  String description();

  /// The App and one Environment of it are written down.
  record CreateEnvironment(String app, String environment) implements Step {
    @Override
    public String description() {
      return "create the environment " + environment + " of " + app;
    }
  }

  /// A PostgreSQL cluster of its own is made, with the roles and schemas a Supabase client expects.
  record StartDatabase(String app, String environment) implements Step {
    @Override
    public String description() {
      return "start a PostgreSQL cluster for it, with roles, schemas and keys";
    }
  }

  /// The export's schema migrations are applied in order.
  ///
  /// @param folder where the files lie
  /// @param files how many of them have not been applied yet
  /// @param statements how many statements they hold
  record ApplyMigrations(String folder, int files, int statements) implements Step {
    @Override
    public String description() {
      return "apply "
          + (files == 1 ? "1 schema migration" : files + " schema migrations")
          + " from "
          + folder
          + " ("
          + (statements == 1 ? "1 statement)" : statements + " statements)");
    }
  }

  /// The packages are installed in a copy of the export.
  record Install(BuildRecipe.Install first, int alternatives) implements Step {
    @Override
    public String description() {
      var with = first.manager().name().toLowerCase(java.util.Locale.ROOT);
      var from = first.lockfile().isEmpty() ? "without a lock" : "from " + first.lockfile();
      var how = first.frozen() ? ", exactly as locked" : "";
      var more =
          switch (alternatives) {
            case 0 -> "";
            case 1 -> "; 1 other way if that fails";
            default -> "; " + alternatives + " other ways if that fails";
          };
      return "install packages with " + with + " " + from + how + more;
    }
  }

  /// The app is built in a sandbox.
  record Build(String command, int nodeMajor) implements Step {
    @Override
    public String description() {
      return "build in a sandbox: " + command + " (Node " + nodeMajor + ")";
    }
  }

  /// The edge functions are bundled with all that they import.
  record BundleFunctions(int functions) implements Step {
    @Override
    public String description() {
      return "bundle "
          + (functions == 1 ? "1 edge function" : functions + " edge functions")
          + " with all that they import (Deno)";
    }
  }

  /// The export's own files are taken as they are.
  record TakeFiles(int files) implements Step {
    @Override
    public String description() {
      return "take its " + files + " files as they are; there is nothing to build";
    }
  }

  /// The artifact and this environment's configuration become a numbered release.
  record CreateRelease(String app) implements Step {
    @Override
    public String description() {
      return "create a release of " + app + "; it never changes afterwards";
    }
  }

  /// The release goes live once it is healthy.
  record Activate(String publicUrl, boolean process) implements Step {
    @Override
    public String description() {
      return process
          ? "start it beside the old one, wait until healthy, then serve " + publicUrl
          : "serve " + publicUrl;
    }
  }
}
