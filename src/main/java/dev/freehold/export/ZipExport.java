package dev.freehold.export;

import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.AsiExtraField;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/// Unpacks a zip into the workspace. The central directory says what is there; every entry is
/// judged before the first is written. Sizes in headers are not believed: bytes are counted while
/// they are inflated, and the checksum must agree at the end.
final class ZipExport {
  private static final int FILE_TYPE = 0170000;
  private static final int REGULAR_FILE = 0100000;
  private static final int FOLDER = 0040000;
  private static final int OWNER_EXECUTES = 0100;
  private static final int BUFFER_BYTES = 64 << 10;

  private final ZipFile zip;
  private final Path root;
  private long total;

  private ZipExport(ZipFile zip, Path root) {
    this.zip = zip;
    this.root = root;
  }

  static Export read(Path file, String origin, Path workspace) {
    ZipDirectory.bound(file);
    var root = workspace.resolve("export-" + UUID.randomUUID());
    boolean done = false;
    try (var zip = ZipFile.builder().setPath(file).setUseUnicodeExtraFields(false).get()) {
      Files.createDirectories(root);
      new ZipExport(zip, root).unpack();
      var folder = FolderExport.read(root, origin);
      done = true;
      return new Export(
          root,
          name(file),
          Export.Kind.ZIP,
          origin,
          folder.digest(),
          folder.files(),
          folder.bytes(),
          true);
    } catch (IOException e) {
      throw Problem.of("export-unreadable", "The file is not a zip that can be read")
          .detail(
              file.getFileName() + ": " + ExportLimits.printable(String.valueOf(e.getMessage())))
          .hint("download the export again, or give the unpacked folder")
          .raise(e);
    } finally {
      if (!done) {
        DurableFiles.deleteTree(root);
      }
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replaceAll("(?i)\\.zip$", "");
  }

  /// An entry that passed.
  private record Accepted(ZipArchiveEntry entry, String path) {}

  private void unpack() throws IOException {
    var accepted = new ArrayList<Accepted>();
    var names = new EntryName();
    for (var entry : Collections.list(zip.getEntries())) {
      var name = strictName(entry);
      ExportLimits.count(accepted.size() + 1, name);
      judge(entry, name);
      accepted.add(new Accepted(entry, names.accept(name, entry.isDirectory())));
    }
    if (accepted.isEmpty()) {
      throw Problem.of("export-empty", "The zip holds no files").raise();
    }
    var top = topFolder(accepted);
    for (var one : accepted) {
      if (one.path().length() <= top.length()) {
        continue;
      }
      var path = one.path().startsWith(top) ? one.path().substring(top.length()) : one.path();
      if (!Export.leavesOut(path)) {
        write(one.entry(), path);
      }
    }
  }

  private static String strictName(ZipArchiveEntry entry) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(entry.getRawName()))
          .toString();
    } catch (CharacterCodingException e) {
      throw Problem.of("export-unsafe-name", "The export is refused: a name is not valid UTF-8")
          .detail("at " + ExportLimits.printable(entry.getName()))
          .raise(e);
    }
  }

  private static void judge(ZipArchiveEntry entry, String name) {
    int type = entry.getUnixMode() & FILE_TYPE;
    boolean linked =
        entry.getExtraField(new AsiExtraField().getHeaderId()) instanceof AsiExtraField asi
            && !asi.getLinkedFile().isEmpty();
    if (entry.isUnixSymlink() || linked) {
      throw ExportLimits.refuse("export-link", "it holds a link", name);
    }
    if (type != 0 && type != (entry.isDirectory() ? FOLDER : REGULAR_FILE)) {
      throw ExportLimits.refuse("export-special-file", "it holds a device, pipe or socket", name);
    }
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw ExportLimits.refuse("export-encrypted", "an entry is encrypted", name);
    }
    int method = entry.getMethod();
    if (method != ZipArchiveEntry.STORED && method != ZipArchiveEntry.DEFLATED) {
      throw ExportLimits.refuse(
          "export-unreadable", "an entry is packed by an unusual method (" + method + ")", name);
    }
    ExportLimits.size(entry.getSize(), entry.getSize(), name);
  }

  /// The one folder that holds everything, with its slash, or nothing.
  private static String topFolder(List<Accepted> accepted) {
    String top = "";
    for (var one : accepted) {
      if (one.path().startsWith("__MACOSX/") || one.path().equals("__MACOSX")) {
        continue;
      }
      int slash = one.path().indexOf('/');
      if (slash < 0 && !one.entry().isDirectory()) {
        return "";
      }
      var first = (slash < 0 ? one.path() : one.path().substring(0, slash)) + "/";
      if (!top.isEmpty() && !top.equals(first)) {
        return "";
      }
      top = first;
    }
    return top;
  }

  private void write(ZipArchiveEntry entry, String path) throws IOException {
    var to = root.resolve(path).normalize();
    if (!to.startsWith(root)) {
      throw ExportLimits.refuse("export-path-escape", "a name leaves the export", path);
    }
    if (entry.isDirectory()) {
      Files.createDirectories(to);
      return;
    }
    Files.createDirectories(to.getParent());
    try (var in = zip.getInputStream(entry);
        var out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
      inflate(entry, path, in, out);
    }
    if ((entry.getUnixMode() & OWNER_EXECUTES) != 0) {
      Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private void inflate(ZipArchiveEntry entry, String path, InputStream in, java.io.OutputStream out)
      throws IOException {
    var crc = new CRC32();
    var buffer = new byte[BUFFER_BYTES];
    long packed = Math.max(1, entry.getCompressedSize());
    long size = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      size += n;
      total += n;
      ExportLimits.size(size, total, path);
      if (size > ExportLimits.RATIO_FREE_BYTES && size / packed > ExportLimits.MAX_RATIO) {
        throw ExportLimits.refuse(
            "export-bomb",
            "an entry inflates to over " + ExportLimits.MAX_RATIO + " times its size",
            path);
      }
      if (size > entry.getSize()) {
        throw ExportLimits.refuse("export-bomb", "an entry is larger than its header says", path);
      }
      crc.update(buffer, 0, n);
      out.write(buffer, 0, n);
    }
    if (size != entry.getSize() || crc.getValue() != entry.getCrc()) {
      throw ExportLimits.refuse("export-damaged", "an entry's size or checksum is wrong", path);
    }
  }
}
