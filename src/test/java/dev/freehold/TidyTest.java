package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Taste that a machine can hold: sizes, banned names, leftovers, no shell, no skipped test.
class TidyTest {
  private static final int MAX_FILE_LINES = 500;
  private static final int MAX_METHOD_LINES = 60;
  private static final int MAX_COLUMNS = 100;
  private static final double MAX_ROOM_SHARE = 0.15;
  private static final Pattern BANNED_NAME =
      Pattern.compile("(?i)(util|utils|helper|manager|common|dto|impl|serviceimpl)(\\.java)?");
  private static final Pattern LEFTOVER =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b");
  private static final Pattern SHELL =
      Pattern.compile("\"(/bin/)?(sh|bash|dash|zsh)\"|\"-c\",\\s*\"[^\"]*[|;&$]");
  private static final Pattern SKIPPED =
      Pattern.compile("@Disa" + "bled|Assum" + "ptions|assum" + "eTrue|assum" + "eThat");
  private static final Pattern METHOD =
      Pattern.compile("^  (?:  )?(?:[\\w@<>\\[\\],.?& ]+ )?\\w+\\([^;]*\\)?[^;=]*\\{$");

  @Test
  void filesAreSmall() {
    var tooLong =
        sources().stream()
            .filter(file -> lines(file).size() > MAX_FILE_LINES)
            .map(file -> file + ": " + lines(file).size() + " lines")
            .toList();
    assertThat(tooLong).isEmpty();
  }

  @Test
  void methodsAreSmall() {
    var tooLong = new ArrayList<String>();
    for (var file : main()) {
      var lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        var line = lines.get(i);
        if (METHOD.matcher(line).matches()
            && !line.contains(" record ")
            && !line.strip().startsWith("class ")) {
          var close = line.replaceAll("\\S.*", "") + "}";
          int end = i + 1;
          while (end < lines.size() && !lines.get(end).equals(close)) {
            end++;
          }
          if (end - i + 1 > MAX_METHOD_LINES && !holdsMethods(lines.subList(i + 1, end))) {
            tooLong.add(file + ":" + (i + 1) + ": " + (end - i + 1) + " lines");
          }
        }
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void linesAreShort() {
    assertThat(
            matches(sources(), line -> line.length() > MAX_COLUMNS && !line.matches(".*[\"'].*")))
        .isEmpty();
  }

  @Test
  void namesSayWhatAThingIs() {
    var banned =
        sources().stream()
            .filter(file ->
                BANNED_NAME.matcher(file.getFileName().toString()).matches()
                    && !file.getFileName().toString().equals("Common.java"))
            .toList();
    assertThat(banned).isEmpty();
  }

  @Test
  void nothingIsLeftOpen() {
    assertThat(matches(sources(), line -> LEFTOVER.matcher(line).find())).isEmpty();
  }

  @Test
  void noTestIsSkipped() {
    assertThat(matches(tests(), line -> SKIPPED.matcher(line).find())).isEmpty();
  }

  @Test
  void nothingReachesAShell() {
    assertThat(matches(main(), line -> SHELL.matcher(line).find())).isEmpty();
  }

  @Test
  void nothingPrintsButTheTerminal() {
    assertThat(
            matches(
                main().stream().filter(TidyTest::printsNothing).toList(),
                line -> line.contains("System.out") || line.contains("printStackTrace")))
        .isEmpty();
  }

  @Test
  void everyTypeSaysWhatItIs() {
    var silent =
        main().stream()
            .filter(file -> lines(file).stream().noneMatch(line -> line.startsWith("///")))
            .toList();
    assertThat(silent).isEmpty();
  }

  @Test
  void noRoomIsAnAttic() {
    Map<String, Integer> rooms =
        main().stream()
            .collect(
                Collectors.groupingBy(
                    file -> String.valueOf(file.getParent()),
                    Collectors.summingInt(file -> lines(file).size())));
    int house = rooms.values().stream().mapToInt(Integer::intValue).sum();
    var attics =
        rooms.entrySet().stream()
            .filter(room -> !room.getKey().contains("backend/supabase/"))
            .filter(room -> room.getValue() > house * MAX_ROOM_SHARE)
            .map(room -> room.getKey() + ": " + room.getValue() + " of " + house + " lines")
            .toList();
    assertThat(attics).isEmpty();
  }

  /// The command line prints; the rehearsal of it turns that off.
  private static boolean printsNothing(Path file) {
    return !file.toString().contains("/cli/")
        && !file.endsWith("Rehearsal.java")
        && !file.endsWith("BackendProcess.java");
  }

  private static boolean holdsMethods(List<String> body) {
    return body.stream().anyMatch(line -> METHOD.matcher(line).matches() && line.contains("("));
  }

  private interface Rule {
    boolean breaks(String line);
  }

  private static List<String> matches(List<Path> files, Rule rule) {
    var found = new ArrayList<String>();
    for (var file : files) {
      var lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (rule.breaks(lines.get(i))) {
          found.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    return found;
  }

  private static List<Path> sources() {
    var all = new ArrayList<>(main());
    all.addAll(tests());
    return all;
  }

  private static List<Path> main() {
    return javaBelow(Path.of("src/main/java"));
  }

  private static List<Path> tests() {
    return javaBelow(Path.of("src/test/java"));
  }

  private static List<Path> javaBelow(Path folder) {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
