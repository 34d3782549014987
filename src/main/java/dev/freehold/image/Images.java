package dev.freehold.image;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.OsUser;
import dev.freehold.os.OurFiles;
import dev.freehold.os.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Makes images of images: smaller, cut, in another format.
///
/// Pictures come from strangers and decoders have faults, so each is decoded by sharp (libvips) in
/// a process of its own, as another user, in a jail that holds the picture, the programs and
/// nothing else, with limits of pixels, bytes, time and, where control groups exist, memory. What
/// was made is kept, up to a bound.
public final class Images {
  /// As hosted projects have it.
  static final long MAX_SOURCE_BYTES = 25_000_000;

  static final long MAX_PIXELS = 50_000_000;
  private static final Duration MAX_TIME = Duration.ofSeconds(20);

  /// Decoding takes all of a processor and much memory; the rest waits.
  private static final int AT_ONCE = 2;

  private static final Duration MAX_WAIT = Duration.ofSeconds(20);
  private static final long CACHE_BYTES = 512L << 20;
  private static final int REFUSED = 3;
  private static final Path TMP = Path.of("/tmp");
  private static final String WORKER = "image-worker.mjs";
  private static final Jail.Limits LIMITS = new Jail.Limits(768L << 20, 64, 2, 128L << 20);

  private final Supplier<ImageTools> tools;
  private final ImageCache cache;
  private final ReentrantLock fetching = new ReentrantLock();
  private @Nullable ImageTools fetched;
  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  /// @param tools fetched when the first image is wanted
  /// @param folder where what was made is kept
  public Images(Supplier<ImageTools> tools, Path folder) {
    this.tools = tools;
    this.cache = new ImageCache(folder, CACHE_BYTES);
  }

  /// Opens a source that is needed after all.
  @FunctionalInterface
  public interface Source {
    InputStream open() throws IOException;
  }

  /// @param name names the source's bytes, which never change
  /// @param size how many there are
  public Made make(String name, long size, Source source, Wanted wanted) {
    var key = name + " " + wanted;
    var known = cache.find(key);
    if (known.isPresent()) {
      return known.get();
    }
    if (size > MAX_SOURCE_BYTES) {
      return new Made.Refused(Made.Why.BYTES);
    }
    try {
      if (!turns.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Made.Refused(Made.Why.BUSY);
      }
      try {
        return made(key, source, wanted);
      } finally {
        turns.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Made.Refused(Made.Why.BUSY);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Made made(String key, Source source, Wanted wanted) throws IOException {
    var work = Files.createTempDirectory("freehold-image");
    try {
      try (var input = source.open()) {
        Files.copy(input, work.resolve("source"));
      }
      Files.write(work.resolve(WORKER), OurFiles.read(Images.class, WORKER));
      var user = OsUser.ensure("freehold-image");
      DurableFiles.giveTo(user, work);
      var outcome = Commands.run(command(work, user, wanted));
      return outcome(key, outcome, work.resolve("result"));
    } finally {
      DurableFiles.deleteTree(work);
    }
  }

  private Made outcome(String key, Outcome outcome, Path result) throws IOException {
    var said = outcome.out().strip();
    if (outcome.ok() && said.startsWith("image/") && Files.exists(result)) {
      cache.keep(key, result, said);
      var channel = FileChannel.open(result, StandardOpenOption.READ);
      return new Made.Image(channel, channel.size(), said);
    }
    if (outcome.exit() == REFUSED) {
      return new Made.Refused(said.endsWith("pixels") ? Made.Why.PIXELS : Made.Why.FORMAT);
    }
    return new Made.Refused(Made.Why.TOO_HARD);
  }

  private Command command(Path work, OsUser user, Wanted wanted) {
    var found = tools();
    var jail =
        new Jail(user, List.of(), false, LIMITS)
            .seeing(found.modules(), found.modules())
            .writing(work, work);
    var node = found.node();
    return Command.of(
            List.of(
                node.toString(),
                work.resolve(WORKER).toString(),
                found.modules().toString(),
                work.resolve("source").toString(),
                work.resolve("result").toString(),
                json(wanted)))
        .in(TMP)
        .with("HOME", work.toString())
        .with("MALLOC_ARENA_MAX", "2")
        .within(MAX_TIME)
        .inside(node.startsWith("/usr") ? jail : jail.seeing(node, node));
  }

  private ImageTools tools() {
    fetching.lock();
    try {
      var known = fetched;
      if (known == null) {
        known = tools.get();
        fetched = known;
      }
      return known;
    } finally {
      fetching.unlock();
    }
  }

  private static String json(Wanted wanted) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("maxPixels", MAX_PIXELS);
    fields.put("width", wanted.width());
    fields.put("height", wanted.height());
    fields.put("resize", wanted.fit().word());
    fields.put("format", wanted.format());
    fields.put("quality", wanted.quality());
    fields.put("gravity", wanted.gravity());
    Optional.ofNullable(wanted.x()).ifPresent(x -> fields.put("x", x));
    Optional.ofNullable(wanted.y()).ifPresent(y -> fields.put("y", y));
    return JsonMapper.shared().writeValueAsString(fields);
  }
}
