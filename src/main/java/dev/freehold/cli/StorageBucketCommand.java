package dev.freehold.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `freehold storage bucket`.
@Command(
    name = "bucket",
    header = "Keep the bytes of an app's files in an S3 bucket.",
    subcommands = {
      StorageBucketCommand.Set.class,
      StorageBucketCommand.Show.class,
      StorageBucketCommand.Test.class,
      StorageBucketCommand.Unset.class
    })
final class StorageBucketCommand {
  private StorageBucketCommand() {}

  /// `freehold storage bucket set`.
  @Command(
      name = "set",
      header = "Keep new files in that bucket, or change its keys; takes effect at once.",
      description = {
        "Any vendor's S3: Amazon's, or another by its endpoint. The bucket is tried first: the keys"
            + " must list, read, write and delete there.",
        "The secret access key is asked for without echo, or read from standard input or from the"
            + " variable FREEHOLD_BUCKET_SECRET, and kept sealed.",
        "Files that are on disk stay there and are served; freehold storage move --to bucket"
            + " brings them along."
      },
      footer = {
        "Examples:",
        "  freehold storage bucket set shop --bucket shop-files --region eu-central-1 \\",
        "      --access-key-id AKIAEXAMPLE",
        "  freehold storage bucket set shop --bucket files --endpoint https://s3.example.com \\",
        "      --path-style --access-key-id shop"
      })
  static final class Set implements Runnable {
    private static final String SECRET = "FREEHOLD_BUCKET_SECRET";

    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(names = "--bucket", paramLabel = "NAME", required = true, description = "The bucket.")
    String bucket = "";

    @Option(
        names = "--endpoint",
        paramLabel = "URL",
        description = "The vendor's address (default: Amazon's).")
    String endpoint = "";

    @Option(
        names = "--region",
        paramLabel = "NAME",
        description = "What requests are signed for (default: us-east-1).")
    String region = "us-east-1";

    @Option(
        names = "--prefix",
        paramLabel = "TEXT",
        description = "What goes before every name (default: APP.ENVIRONMENT/).")
    String prefix = "";

    @Option(
        names = "--path-style",
        description = "The bucket stands in the path, not in the host name: MinIO, Garage.")
    boolean pathStyle;

    @Option(
        names = "--access-key-id",
        paramLabel = "ID",
        required = true,
        description = "The first half of the key pair.")
    String accessKeyId = "";

    @Override
    public void run() {
      var server = common.server();
      var wanted = new LinkedHashMap<String, Object>();
      wanted.put("bucket", bucket);
      wanted.put("endpoint", endpoint);
      wanted.put("region", region);
      wanted.put("prefix", prefix);
      wanted.put("path_style", pathStyle);
      wanted.put("access_key_id", accessKeyId);
      wanted.put("secret_access_key", secret());
      var answer = server.put(choice.path(server) + "/storage/bucket", wanted);
      if (common.printedAsJson(answer)) {
        return;
      }
      say(common.terminal(), answer);
      common
          .terminal()
          .progress("Files on disk stay there until: freehold storage move --to bucket");
    }

    private static String secret() {
      return Optional.ofNullable(System.getenv(SECRET))
          .filter(text -> !text.isEmpty())
          .orElseGet(() -> SecretInput.ask("Secret access key"));
    }
  }

  private static void say(Terminal terminal, JsonNode answer) {
    if (!answer.has("bucket")) {
      terminal.say("Files lie on this machine; no bucket is set.");
      return;
    }
    var endpoint = answer.path("endpoint").asString();
    terminal.say("Bucket:        " + answer.path("bucket").asString());
    terminal.say("Endpoint:      " + (endpoint.isEmpty() ? "Amazon S3" : endpoint));
    terminal.say("Region:        " + answer.path("region").asString());
    terminal.say("Prefix:        " + answer.path("prefix").asString());
    terminal.say("Access key id: " + answer.path("access_key_id").asString());
    terminal.say("New files:     " + answer.path("new_bytes").asString());
  }

  /// `freehold storage bucket show`.
  @Command(name = "show", header = "Show the bucket, without its secret.")
  static final class Show implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/storage/bucket");
      if (!common.printedAsJson(answer)) {
        say(common.terminal(), answer);
      }
    }
  }

  /// `freehold storage bucket test`.
  @Command(name = "test", header = "Write to the bucket, read and remove, to see that it works.")
  static final class Test implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.post(choice.path(server) + "/storage/bucket/test", Map.of());
      if (!common.printedAsJson(answer)) {
        common.terminal().say("The bucket keeps, lists, gives back and removes bytes.");
      }
    }
  }

  /// `freehold storage bucket unset`.
  @Command(
      name = "unset",
      header = "Use no bucket any more.",
      description = "Refused while files lie there: freehold storage move --to disk brings them.")
  static final class Unset implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.delete(choice.path(server) + "/storage/bucket");
      if (!common.printedAsJson(answer)) {
        common.terminal().say("Files lie on this machine from now on.");
      }
    }
  }
}
