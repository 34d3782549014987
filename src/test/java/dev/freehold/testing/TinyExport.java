package dev.freehold.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A plain HTML export with one schema migration: deploys in a moment, for tests that deploy often.
public final class TinyExport {
  private final Path root;

  private TinyExport(Path root) {
    this.root = root;
  }

  public static TinyExport create() {
    var export = new TinyExport(TempFolder.create("fh-tiny"));
    export.version(1);
    export.write(
        "supabase/migrations/20260101000000_notes.sql",
        """
        create table public.notes (id bigint primary key, body text not null);
        alter table public.notes enable row level security;
        create policy "anyone reads" on public.notes for select using (true);
        insert into public.notes values (1, 'kept');
        """);
    return export;
  }

  public Path root() {
    return root;
  }

  /// A page and a script whose name holds a digest of its release, as bundlers make them.
  public TinyExport version(int number) {
    write(
        "index.html",
        "<!doctype html><title>tiny</title><p>release "
            + number
            + "</p><script type=\"module\" src=\"/assets/index-"
            + hash(number)
            + ".js\"></script>\n");
    try (var old = Files.newDirectoryStream(Files.createDirectories(root.resolve("assets")))) {
      for (var file : old) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    write("assets/index-" + hash(number) + ".js", "console.log('release " + number + "');\n");
    return this;
  }

  public static String hash(int number) {
    return String.format("B%05xqZ", number * 2_654_435L & 0xfffff);
  }

  public void write(String path, String text) {
    try {
      Files.createDirectories(root.resolve(path).getParent());
      Files.writeString(root.resolve(path), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
