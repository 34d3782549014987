package dev.freehold.cli;

import dev.freehold.client.ControlClient;
import java.util.List;
import picocli.CommandLine.Parameters;

/// The one user that a command is about, after the app's name or alone.
final class UserWord {
  @Parameters(
      paramLabel = "[APP] USER",
      arity = "1..2",
      hideParamSyntax = true,
      description = "The app, instead of --app; an e-mail address or an id.")
  List<String> words = List.of();

  /// @param choice takes the app's name where it is among the words
  String of(AppChoice choice) {
    return UsersCommand.one(choice, words);
  }

  /// The control API's path of that user, once [#of] has read the words.
  static String path(ControlClient server, AppChoice choice, String who) {
    return choice.path(server) + "/users/" + AppChoice.encoded(who);
  }
}
