package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `freehold storage`.
@Command(
    name = "storage",
    header = "See an app's buckets, check its files, reach them by S3, choose their place.",
    description =
        "Rows of files are in the app's database, their bytes in storage/APP.ENV/ of the data"
            + " folder or in an S3 bucket. list shows what the buckets hold, verify whether both"
            + " agree, s3 with which keys aws, rclone and others come in; bucket and move say where"
            + " the bytes lie.",
    subcommands = {
      StorageCommand.ListAll.class,
      StorageCommand.Verify.class,
      StorageCommand.S3.class,
      StorageBucketCommand.class,
      StorageMoveCommand.class
    })
final class StorageCommand {
  private StorageCommand() {}

  /// `freehold storage list`.
  @Command(name = "list", header = "List an app's buckets and what they hold.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/storage");
      common.list(
          answer,
          "buckets",
          List.of("BUCKET", "ACCESS", "FILES", "BYTES"),
          bucket ->
              List.of(
                  bucket.path("bucket").asString(),
                  bucket.path("public").asBoolean() ? "public" : "private",
                  bucket.path("objects").asString(),
                  bucket.path("bytes").asString()),
          "There is no bucket.");
    }
  }

  /// `freehold storage verify`.
  @Command(
      name = "verify",
      header = "Check that every file's bytes are there, and no others.",
      description =
          "Finds files whose bytes are missing or of another size, and bytes that no file names."
              + " Exit status 1 when there is something.",
      footer = {"Examples:", "  freehold storage verify", "  freehold storage verify shop --read"})
  static final class Verify implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Option(names = "--read", description = "Read the bytes too and compare them with their MD5.")
    boolean read;

    @Option(
        names = "--sweep",
        description = "Remove bytes that no file names and that are older than an hour.")
    boolean sweep;

    @Override
    public void run() {
      var server = common.server();
      var path = choice.path(server) + "/storage/verify?read=%s&sweep=%s".formatted(read, sweep);
      var found = server.post(path, Map.of());
      if (!common.printedAsJson(found)) {
        say(found);
      }
      if (!found.path("clean").asBoolean() && !found.has("swept")) {
        throw Problem.of("storage-differs", "files and their bytes do not agree")
            .hint("bring missing bytes back from a copy; --sweep removes bytes without a file")
            .raise();
      }
    }

    private void say(JsonNode found) {
      var terminal = common.terminal();
      terminal.say(
          "%s files, %s bytes%s"
              .formatted(
                  found.path("objects").asString(),
                  found.path("bytes").asString(),
                  found.path("bytes_read").asBoolean() ? ", read" : ""));
      found.path("missing").forEach(name -> terminal.say("missing: " + name.asString()));
      found.path("damaged").forEach(name -> terminal.say("damaged: " + name.asString()));
      if (found.path("orphans").asLong() > 0) {
        terminal.say(
            "%s without a file, %s bytes%s"
                .formatted(
                    found.path("orphans").asString(),
                    found.path("orphan_bytes").asString(),
                    found.has("swept") ? ": removed" : " → freehold storage verify --sweep"));
      }
      if (found.path("clean").asBoolean()) {
        terminal.say("Rows and bytes agree.");
      }
    }
  }

  /// `freehold storage s3`.
  @Command(
      name = "s3",
      header = "Show where and with which keys S3 clients come in.",
      description = "The secret acts as administrator: row level security does not hold it back.")
  static final class S3 implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppWord choice = new AppWord();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/storage/s3");
      if (common.printedAsJson(answer)) {
        return;
      }
      var terminal = common.terminal();
      terminal.say("Endpoint:          " + answer.path("endpoint").asString());
      terminal.say("Region:            " + answer.path("region").asString());
      terminal.say("Access key id:     " + answer.path("access_key_id").asString());
      terminal.say("Secret access key: " + answer.path("secret_access_key").asString());
    }
  }
}
