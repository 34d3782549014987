package dev.freehold.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;

/// Reads a folder where it is. Links and devices are refused, wherever they point: whoever copies
/// the files later must not have to ask.
final class FolderExport {
  private FolderExport() {}

  static Export read(Path folder, String origin) {
    var files = files(folder);
    var name = folder.getFileName();
    return new Export(
        folder,
        name == null ? "app" : name.toString(),
        Export.Kind.FOLDER,
        origin,
        ExportDigest.of(files),
        files.size(),
        files.stream().mapToLong(ExportDigest.Entry::bytes).sum(),
        false);
  }

  /// Every file that belongs to the export, in no particular order.
  static List<ExportDigest.Entry> files(Path root) {
    var walk = new Walk(root);
    try {
      Files.walkFileTree(root, walk);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return walk.found;
  }

  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final EntryName names = new EntryName();
    private final List<ExportDigest.Entry> found = new ArrayList<>();
    private int entries;
    private long total;

    Walk(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (folder.equals(root)) {
        return FileVisitResult.CONTINUE;
      }
      var path = EntryName.below(root, folder);
      if (Export.leavesOut(path)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      ExportLimits.count(++entries, path);
      names.accept(path, true);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      var path = EntryName.below(root, file);
      if (Export.leavesOut(path)) {
        return FileVisitResult.CONTINUE;
      }
      ExportLimits.count(++entries, path);
      if (attributes.isSymbolicLink()) {
        throw ExportLimits.refuse("export-link", "it holds a symbolic link", path);
      }
      if (!attributes.isRegularFile()) {
        throw ExportLimits.refuse("export-special-file", "it holds a device or socket", path);
      }
      names.accept(path, false);
      total += attributes.size();
      ExportLimits.size(attributes.size(), total, path);
      found.add(new ExportDigest.Entry(path, file, executable(file), attributes.size()));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      throw dev.freehold.problem.Problem.of("export-unreadable", "A file cannot be read")
          .detail("at " + ExportLimits.printable(EntryName.below(root, file)))
          .hint("let the user that runs Freehold read it")
          .raise(e);
    }

    private static boolean executable(Path file) throws IOException {
      return Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)
          .contains(PosixFilePermission.OWNER_EXECUTE);
    }
  }
}
