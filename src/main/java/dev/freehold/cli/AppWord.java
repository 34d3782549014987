package dev.freehold.cli;

import dev.freehold.client.ControlClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/// [AppChoice] for commands that are about an app as a whole: its name may stand as their only
/// word.
final class AppWord extends AppChoice {
  @Parameters(paramLabel = "APP", arity = "0..1", description = "The app, instead of --app.")
  @Nullable String word;

  @Override
  String app(ControlClient server) {
    return word == null ? super.app(server) : word;
  }
}
