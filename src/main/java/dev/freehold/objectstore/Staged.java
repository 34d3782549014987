package dev.freehold.objectstore;

import dev.freehold.digest.Digest;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Bytes on their way into a store, with their count and MD5, which clients know as the ETag.
public final class Staged implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final MessageDigest digest;
  private long size;
  private boolean kept;

  private Staged(Path file, FileChannel channel, MessageDigest digest) {
    this.file = file;
    this.channel = channel;
    this.digest = digest;
  }

  static Staged create(Path file) {
    try {
      var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return new Staged(file, channel, Digest.MD5.start());
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /// Adds bytes at the end.
  public void write(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    var buffer = ByteBuffer.wrap(bytes, offset, length);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
    size += length;
  }

  /// Adds what another file holds, without reading it into memory; the MD5 leaves it out.
  public void append(FileChannel source) {
    try {
      long length = source.size();
      for (long done = 0; done < length; ) {
        done += source.transferTo(done, length - done, channel);
      }
      size += length;
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  public long size() {
    return size;
  }

  /// Nothing more comes: the bytes are flushed to stable storage, and go into the store under that
  /// version.
  ///
  /// @return the MD5 of what was written, in hexadecimal
  public String finish(ObjectStore store, Version version) {
    try {
      channel.force(true);
      channel.close();
    } catch (IOException e) {
      throw failed(file, e);
    }
    store.keep(file, version);
    kept = true;
    return HexFormat.of().formatHex(digest.digest());
  }

  /// Drops what was written, unless it was finished.
  @Override
  public void close() {
    try {
      channel.close();
      if (!kept) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RuntimeException failed(Path file, IOException cause) {
    return Problem.of("object-store-failed", "an upload could not be written")
        .detail(file + ": " + cause)
        .hint("is the disk full?")
        .raise(cause);
  }
}
