package dev.freehold.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.telemetry.LogLine;
import dev.freehold.testing.ControlState;
import dev.freehold.testing.TempFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogBookTest {
  private static final Instant AT = ControlState.NOW;

  private final Path folder = TempFolder.create("fh-logs");

  @Test
  void aTailHasTheLinesThatWereAskedFor() {
    try (var book = new LogBook(folder)) {
      book.take(line("build", 1, "installing"));
      book.take(line("app", 1, "listening"));
      book.take(line("app", 2, "a tab\tand a line\nend"));
    }
    try (var book = new LogBook(folder)) {
      assertThat(texts(book, List.of(), 0))
          .containsExactly("installing", "listening", "a tab\tand a line end");
      assertThat(texts(book, List.of("app"), 1)).containsExactly("listening");
      assertThat(book.tail(selection(List.of(), 0), 1)).hasSize(1);
      assertThat(book.tail(new LogBook.Selection("other/production", List.of(), 0), 10)).isEmpty();
    }
  }

  @Test
  void aFollowerGetsLaterLinesUntilItLeaves() throws Exception {
    var got = new LinkedBlockingQueue<LogLine>();
    try (var book = new LogBook(folder)) {
      try (var following = book.follow(selection(List.of("app"), 0), got::add)) {
        assertThat(following).isNotNull();
        book.take(line("build", 1, "not wanted"));
        book.take(line("app", 1, "wanted"));
        assertThat(got.poll(20, TimeUnit.SECONDS)).extracting(LogLine::text).isEqualTo("wanted");
      }
      book.take(line("app", 1, "after it left"));
    }
    assertThat(got).isEmpty();
  }

  @Test
  void aLineThatACrashCutShortIsPassedOver() throws IOException {
    try (var book = new LogBook(folder)) {
      book.take(line("app", 1, "whole"));
    }
    Files.writeString(
        folder.resolve("shop.production.log"), "2026-11-21T10:0", StandardOpenOption.APPEND);
    try (var book = new LogBook(folder)) {
      assertThat(texts(book, List.of(), 0)).containsExactly("whole");
    }
  }

  @Test
  void aFullFileMakesRoomAndItsLinesAreStillRead() throws IOException {
    try (var book = new LogBook(folder)) {
      book.take(line("app", 1, "early"));
    }
    var file = folder.resolve("shop.production.log");
    Files.write(file, new byte[(int) LogBook.MAX_FILE_BYTES], StandardOpenOption.APPEND);
    try (var book = new LogBook(folder)) {
      book.take(line("app", 1, "late"));
    }
    try (var book = new LogBook(folder)) {
      assertThat(texts(book, List.of(), 0)).containsExactly("early", "late");
    }
    assertThat(Files.size(file)).isLessThan(LogBook.MAX_FILE_BYTES);
  }

  private static List<String> texts(LogBook book, List<String> sources, int release) {
    return book.tail(selection(sources, release), 100).stream().map(LogLine::text).toList();
  }

  private static LogBook.Selection selection(List<String> sources, int release) {
    return new LogBook.Selection("shop/production", sources, release);
  }

  private static LogLine line(String source, int release, String text) {
    return new LogLine(AT, source, "shop/production", release, text);
  }
}
