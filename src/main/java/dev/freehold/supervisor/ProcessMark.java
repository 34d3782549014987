package dev.freehold.supervisor;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// What a file remembers of a started process, so that a later run of Freehold finds exactly this
/// process and all that came of it, and never another that was given the same number.
///
/// Two facts tell them apart. A process number belongs to one process only together with its start
/// time (proc(5), field 22 of `stat`) and the boot it was counted in. And the process carries a
/// random token in its environment, which its children inherit, also those that outlived it.
///
/// @param id the [ProcessSpec]'s id
/// @param token what stands in the environment
/// @param pid 0 while the process is being started
/// @param startTicks its start time in clock ticks since the boot
/// @param boot the kernel's name for this boot
record ProcessMark(String id, String token, long pid, long startTicks, String boot) {
  /// The variable that carries the token.
  static final String VARIABLE = "FREEHOLD_INSTANCE";

  private static final String SUFFIX = ".instance";
  private static final int TOKEN_BYTES = 16;
  private static final Path PROC = Path.of("/proc");
  private static final Path BOOT_ID = PROC.resolve("sys/kernel/random/boot_id");
  private static final int STATE_FIELD = 3;
  private static final int START_TIME_FIELD = 22;

  static ProcessMark fresh(String id, RandomGenerator random) {
    var token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    return new ProcessMark(id, HexFormat.of().formatHex(token), 0, 0, bootId());
  }

  /// The same mark with the number of the process that was started under it.
  ProcessMark of(long started) {
    return new ProcessMark(id, token, started, startTicks(started).orElse(0), boot);
  }

  /// It names a process of this boot: after the next there is nothing left to find.
  void save(Path folder) {
    DurableFiles.writeForThisBoot(
        file(folder),
        "id=%s\ntoken=%s\npid=%d\nstart=%d\nboot=%s\n".formatted(id, token, pid, startTicks, boot));
  }

  void forget(Path folder) {
    DurableFiles.deleteTree(file(folder));
  }

  /// All marks in a folder. A file that is not one of ours or is damaged is left alone.
  static List<ProcessMark> all(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(SUFFIX))
          .map(ProcessMark::read)
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Kills the process and all that carries its token; answers the numbers of those it killed.
  List<Long> killLeft() {
    if (!boot.equals(bootId())) {
      return List.of();
    }
    return ProcessHandle.allProcesses()
        .filter(this::isOurs)
        .filter(ProcessHandle::destroyForcibly)
        .map(ProcessHandle::pid)
        .toList();
  }

  /// A handle remembers the start time of its process and signals no other, so asking first and
  /// killing then cannot hit a newcomer.
  private boolean isOurs(ProcessHandle process) {
    long candidate = process.pid();
    if (candidate == ProcessHandle.current().pid()) {
      return false;
    }
    boolean same = candidate == pid && startTicks > 0 && startTicks(candidate).equals(ticks());
    return same || carriesToken(candidate);
  }

  private OptionalLong ticks() {
    return OptionalLong.of(startTicks);
  }

  private boolean carriesToken(long candidate) {
    try {
      var environment =
          Files.readString(PROC.resolve(candidate + "/environ"), StandardCharsets.ISO_8859_1);
      return ('\0' + environment).contains('\0' + VARIABLE + "=" + token + '\0');
    } catch (IOException e) {
      return false; // it has ended, or is not ours to look at
    }
  }

  private static OptionalLong startTicks(long candidate) {
    try {
      var stat = Files.readString(PROC.resolve(candidate + "/stat"), StandardCharsets.ISO_8859_1);
      // The program's name stands in parentheses and may hold anything, parentheses too.
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return OptionalLong.of(Long.parseLong(fields[START_TIME_FIELD - STATE_FIELD]));
    } catch (IOException | RuntimeException e) {
      return OptionalLong.empty();
    }
  }

  private static String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  private static Optional<ProcessMark> read(Path file) {
    try {
      var values =
          Files.readAllLines(file).stream()
              .map(line -> line.split("=", 2))
              .filter(pair -> pair.length == 2)
              .collect(Collectors.toMap(p -> p[0], p -> p[1], (a, b) -> b, HashMap::new));
      return Optional.of(
          new ProcessMark(
              word(values, "id"),
              word(values, "token"),
              Long.parseLong(word(values, "pid")),
              Long.parseLong(word(values, "start")),
              word(values, "boot")));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String word(HashMap<String, String> values, String name) {
    var value = values.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("no " + name);
    }
    return value;
  }

  private Path file(Path folder) {
    return folder.resolve(id.replace('/', '_') + SUFFIX);
  }
}
