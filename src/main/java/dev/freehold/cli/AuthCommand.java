package dev.freehold.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `freehold auth`.
@Command(
    name = "auth",
    header = "How an app's users sign in.",
    subcommands = {
      AuthCommand.ProvidersCommand.class,
      AuthSmtpCommand.class,
      AuthConfirmationsCommand.class,
      AuthKeysCommand.class,
      AuthDoctorCommand.class
    })
final class AuthCommand {

  /// `freehold auth providers`.
  @Command(
      name = "providers",
      header = "Sign-in with Google, GitHub, Apple and others.",
      description =
          "An app brings its own client of each provider. A change counts at once, without a"
              + " deploy.",
      subcommands = {AuthCommand.ListAll.class, AuthCommand.Set.class, AuthCommand.Remove.class})
  static final class ProvidersCommand {}

  /// `freehold auth providers list`.
  @Command(
      name = "list",
      header = "List the providers that are set, and the redirect URL each must know.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/auth/providers");
      common.list(
          answer,
          "providers",
          List.of("PROVIDER", "CLIENT", "SECRET", "REDIRECT URL"),
          row ->
              List.of(
                  row.path("name").asString(),
                  row.path("client_ids").path(0).asString(""),
                  row.path("has_secret").asBoolean() ? "set" : "missing",
                  row.path("redirect_url").asString()),
          "No provider is set. Each must know this redirect URL:",
          "  " + answer.path("redirect_url").asString(),
          "Set one: freehold auth providers set google --client-id ID");
    }
  }

  /// `freehold auth providers set`.
  @Command(
      name = "set",
      header = "Set a provider, or change what is set.",
      description =
          "The client's secret is asked for without echo, or read from standard input; it never"
              + " stands on the command line. For Apple it is the private key (the .p8 file) with"
              + " --team-id and --key-id, or a ready client secret.",
      footer = {
        "Examples:",
        "  freehold auth providers set google --client-id 123.apps.googleusercontent.com",
        "  freehold auth providers set apple --client-id com.example.shop --team-id T1 --key-id K1"
            + " < AuthKey.p8",
        "  freehold auth providers set custom:sso --url https://id.example.com --client-id shop"
      })
  static final class Set implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "PROVIDER", description = "For example google, or custom:NAME.")
    String name = "";

    @Option(
        names = "--client-id",
        paramLabel = "ID",
        split = ",",
        description = "The client's id at the provider; more, by commas, for ID tokens of phones.")
    List<String> clientIds = new ArrayList<>();

    @Option(
        names = "--url",
        paramLabel = "URL",
        description = "Your own instance (GitLab, Keycloak), or the issuer of a custom provider.")
    @Nullable String url;

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        split = ",",
        description = "Scopes to ask for beside the usual ones.")
    List<String> scopes = new ArrayList<>();

    @Option(names = "--team-id", paramLabel = "ID", description = "Apple's name of your team.")
    @Nullable String teamId;

    @Option(names = "--key-id", paramLabel = "ID", description = "Apple's name of the key.")
    @Nullable String keyId;

    @Option(
        names = "--email-optional",
        description = "Users without an e-mail address may sign in.")
    boolean emailOptional;

    @Option(
        names = "--skip-nonce-check",
        description = "Accept ID tokens whose nonce the app did not choose.")
    boolean skipNonceCheck;

    @Option(names = "--keep-secret", description = "Leave the secret as it is.")
    boolean keepSecret;

    @Override
    public void run() {
      var server = common.server();
      var body = new LinkedHashMap<String, Object>();
      body.put("client_ids", clientIds);
      body.put("scopes", scopes);
      body.put("url", url == null ? "" : url);
      body.put("team_id", teamId == null ? "" : teamId);
      body.put("key_id", keyId == null ? "" : keyId);
      body.put("email_optional", emailOptional);
      body.put("skip_nonce_check", skipNonceCheck);
      body.put("secret", keepSecret ? "" : SecretInput.ask("client secret of " + name));
      var path = choice.path(server) + "/auth/providers/" + AppChoice.encoded(name);
      var answer = server.put(path, body);
      if (!common.printedAsJson(answer)) {
        tell(answer);
      }
    }

    private void tell(JsonNode answer) {
      var terminal = common.terminal();
      terminal.say(answer.path("title").asString() + " is set. Enter there as redirect URL:");
      terminal.say("  " + answer.path("redirect_url").asString());
      if (!answer.path("console").asString("").isEmpty()) {
        terminal.say("at " + answer.path("console").asString());
      }
    }
  }

  /// `freehold auth providers remove`.
  @Command(name = "remove", header = "Nobody signs in by this provider any more.")
  static final class Remove implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "PROVIDER", description = "The provider.")
    String name = "";

    @Override
    public void run() {
      var server = common.server();
      var path = choice.path(server) + "/auth/providers/" + AppChoice.encoded(name);
      var answer = server.delete(path);
      if (!common.printedAsJson(answer)) {
        common.terminal().say(name + " is removed. Its users stay, and may link another way in.");
      }
    }
  }
}
