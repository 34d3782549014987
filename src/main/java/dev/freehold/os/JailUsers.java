package dev.freehold.os;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;

/// The OS users of jails, by number. Each data folder has a block of numbers of its own on this
/// machine, and each group in it (an Environment) a part of that block: so no two jails share a
/// number, and a rule about a range of numbers is a rule about a group or about all.
///
/// Numbers are given anew after each start: nothing that outlives a process belongs to them.
final class JailUsers {
  /// How many users a group has; those after it share them again.
  static final int PER_GROUP = 256;

  private static final int GROUPS = 1_024;
  private static final int BLOCK = PER_GROUP * GROUPS;
  private static final int BLOCKS = 1_024;

  /// Numbers that systemd's documentation ("Users, Groups, UIDs and GIDs") says nobody uses, and
  /// others for a container that has fewer.
  private static final int HIGH = 0x7000_0000;

  private static final int LOWER = 300_000_000;
  private static final Path MAPPED = Path.of("/proc/self/uid_map");

  private final int block;
  private final int first;
  private final BitSet taken = new BitSet(GROUPS);
  private final Map<String, Group> groups = new LinkedHashMap<>();

  private record Group(int index, Map<String, Integer> users) {}

  private JailUsers(int block) {
    this.block = block;
    this.first = (maps(HIGH + (long) BLOCKS * BLOCK - 1) ? HIGH : LOWER) + block * BLOCK;
  }

  /// The block of a data folder, chosen once and kept in a file there. A folder that was copied
  /// chooses again.
  ///
  /// @param isTaken whether another server of this machine has that block
  static JailUsers of(Path file, IntPredicate isTaken) {
    var place = file.toAbsolutePath().normalize().toString();
    var kept = kept(file, place);
    if (kept >= 0) {
      return new JailUsers(kept);
    }
    int chosen = ThreadLocalRandom.current().nextInt(BLOCKS);
    for (int i = 0; i < BLOCKS && isTaken.test(chosen); i++) {
      chosen = (chosen + 1) % BLOCKS;
    }
    DurableFiles.write(file, chosen + "\n" + place + "\n");
    return new JailUsers(chosen);
  }

  private static int kept(Path file, String place) {
    try {
      if (!Files.exists(file)) {
        return -1;
      }
      var lines = Files.readAllLines(file);
      boolean ours = lines.size() == 2 && lines.get(1).equals(place);
      return ours && lines.getFirst().matches("\\d{1,3}|10[01]\\d|102[0-3]")
          ? Integer.parseInt(lines.getFirst())
          : -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int block() {
    return block;
  }

  int first() {
    return first;
  }

  int last() {
    return first + BLOCK - 1;
  }

  /// The first number of a group, which has [#PER_GROUP] of them.
  synchronized int first(String group) {
    return first + group(group).index() * PER_GROUP;
  }

  /// The number of one of a group's users: the same one for the same name.
  synchronized int number(String group, String name) {
    var users = group(group).users();
    var known = users.computeIfAbsent(name, unused -> users.size() % PER_GROUP);
    return first(group) + known;
  }

  synchronized void forget(String group) {
    var gone = groups.remove(group);
    if (gone != null) {
      taken.clear(gone.index());
    }
  }

  private Group group(String name) {
    return groups.computeIfAbsent(
        name,
        unused -> {
          int index = taken.nextClearBit(0);
          if (index >= GROUPS) {
            throw Problem.of("too-many-environments", "there are " + GROUPS + " environments")
                .hint("destroy one, or run a second server")
                .raise();
          }
          taken.set(index);
          return new Group(index, new HashMap<>());
        });
  }

  /// Whether that number is one in our user namespace.
  private static boolean maps(long number) {
    try {
      for (var line : Files.readAllLines(MAPPED)) {
        var parts = line.strip().split("\\s+");
        long from = Long.parseLong(parts[0]);
        if (number >= from && number < from + Long.parseLong(parts[2])) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return true; // A system without such maps has every number.
    }
  }
}
