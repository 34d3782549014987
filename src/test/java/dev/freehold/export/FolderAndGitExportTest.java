package dev.freehold.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freehold.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.PersonIdent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folders are read in place; repositories are fetched at one commit.
class FolderAndGitExportTest {
  private static final PersonIdent NOBODY = new PersonIdent("n", "n@example.com");

  private final Path folder;

  FolderAndGitExportTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aFolderIsReadWhereItIs() throws IOException {
    var app = app("shop");
    Files.createDirectories(app.resolve("node_modules/a"));
    Files.writeString(app.resolve("node_modules/a/index.js"), "x");
    Files.createDirectories(app.resolve("dist"));
    Files.writeString(app.resolve("dist/index.html"), "x");

    var export = Exports.read(app.toString(), folder.resolve("workspace"));

    assertThat(export.root()).isEqualTo(app);
    assertThat(export.name()).isEqualTo("shop");
    assertThat(export.files()).isEqualTo(2);
    assertThat(export.temporary()).isFalse();
    assertThat(folder.resolve("workspace")).doesNotExist();
  }

  @Test
  void theDigestIsThatOfPathsModesAndContents() throws IOException {
    var one = read(app("one")).digest();

    assertThat(read(app("two")).digest()).isEqualTo(one);

    var changed = app("three");
    Files.writeString(changed.resolve("src/main.ts"), "export { }");
    assertThat(read(changed).digest()).isNotEqualTo(one);

    var executable = app("four");
    Files.setPosixFilePermissions(
        executable.resolve("src/main.ts"), PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(read(executable).digest()).isNotEqualTo(one);

    var moved = app("five");
    Files.move(moved.resolve("src/main.ts"), moved.resolve("src/main2.ts"));
    assertThat(read(moved).digest()).isNotEqualTo(one);
  }

  @Test
  void linksAreRefusedWhereverTheyPoint() throws IOException {
    var app = app("linked");
    Files.createSymbolicLink(app.resolve("src/inside.ts"), app.resolve("src/main.ts"));

    var problem = catchThrowableOfType(ProblemException.class, () -> read(app)).problem();

    assertThat(problem.code()).isEqualTo("export-link");
    assertThat(problem.detail()).hasValue("at src/inside.ts");
  }

  @Test
  void aRepositoryIsFetchedAtItsHeadABranchOrACommit() throws Exception {
    var app = app("repository");
    String first;
    try (var git = Git.init().setDirectory(app.toFile()).setInitialBranch("main").call()) {
      first = commit(git, "one");
      git.checkout().setCreateBranch(true).setName("next").call();
      Files.writeString(app.resolve("src/main.ts"), "export const next = 1");
      commit(git, "two");
      git.checkout().setName("main").call();
      Files.writeString(app.resolve("src/more.ts"), "export {}");
      commit(git, "three");
    }
    var workspace = Files.createDirectory(folder.resolve("workspace"));

    var head = Exports.read(app.toUri().toString(), workspace);
    var next = Exports.read(app + "#next", workspace);
    var exact = Exports.read(app.toUri() + "@" + first, workspace);

    assertThat(head.kind()).isEqualTo(Export.Kind.GIT);
    assertThat(head.name()).isEqualTo("repository");
    assertThat(exact.files()).isEqualTo(2);
    assertThat(head.files()).isEqualTo(3);
    assertThat(head.digest()).isEqualTo(read(app).digest());
    assertThat(next.root().resolve("src/main.ts")).hasContent("export const next = 1");
    assertThat(next.root().resolve(".git")).doesNotExist();
    try (var left = Files.list(workspace)) {
      assertThat(left).hasSize(3);
    }
  }

  @Test
  void linksInARepositoryAreRefused() throws Exception {
    var app = app("repository");
    Files.createSymbolicLink(app.resolve("key"), Path.of("package.json"));
    try (var git = Git.init().setDirectory(app.toFile()).call()) {
      commit(git, "one");
    }
    var workspace = Files.createDirectory(folder.resolve("workspace"));

    var problem =
        catchThrowableOfType(
                ProblemException.class, () -> Exports.read(app.toUri().toString(), workspace))
            .problem();

    assertThat(problem.code()).isEqualTo("export-link");
    try (var left = Files.list(workspace)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void credentialsInAnAddressAreNotShown() {
    var address = GitAddress.parse("https://me:hunter2@git.example.invalid/shop.git#main");

    assertThat(address.shown()).isEqualTo("https://git.example.invalid/shop.git#main");
    assertThat(address.name()).isEqualTo("shop");
    var problem =
        catchThrowableOfType(
                ProblemException.class,
                () ->
                    Exports.read(
                        "https://me:hunter2@127.0.0.1:1/shop.git", folder.resolve("workspace")))
            .problem();
    assertThat(problem.code()).isEqualTo("git-unreachable");
    assertThat(problem.toString()).doesNotContain("hunter2");
  }

  @Test
  void whatDoesNotExistIsSaid() {
    var problem =
        catchThrowableOfType(ProblemException.class, () -> read(folder.resolve("nothing")))
            .problem();

    assertThat(problem.code()).isEqualTo("export-not-found");
  }

  private Export read(Path path) {
    return Exports.read(path.toString(), folder.resolve("workspace"));
  }

  private Path app(String name) throws IOException {
    var app = Files.createDirectories(folder.resolve(name));
    Files.createDirectories(app.resolve("src"));
    Files.writeString(app.resolve("package.json"), "{\"name\":\"shop\"}");
    Files.writeString(app.resolve("src/main.ts"), "export {}");
    return app;
  }

  private static String commit(Git git, String message) throws Exception {
    git.add().addFilepattern(".").call();
    return git.commit()
        .setMessage(message)
        .setAuthor(NOBODY)
        .setCommitter(NOBODY)
        .setSign(false)
        .call()
        .getName();
  }
}
