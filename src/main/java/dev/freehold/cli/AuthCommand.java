package dev.freehold.cli;

import picocli.CommandLine.Command;

/// `freehold auth`.
@Command(
    name = "auth",
    header = "Set up an app's sign-in.",
    subcommands = {AuthSmtpCommand.class, AuthConfirmationsCommand.class})
final class AuthCommand {
  private AuthCommand() {}
}
