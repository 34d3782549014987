package dev.freehold;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.*;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Holds the code against the table "The rooms" in ARCHITECTURE.md: a room imports only what its
/// row says.
class HouseTest {
  private static final Path CLASSES = Path.of("target/classes");
  private static final String ROOT = "dev/freehold/";
  private static final Pattern TYPE = Pattern.compile("L?" + ROOT + "([a-z0-9/]+)/[A-Z][^;]*;?");

  @Test
  void everyImportIsAllowed() throws Exception {
    var allowed = rooms();
    var broken = new TreeSet<String>();
    try (var files = Files.walk(CLASSES)) {
      for (var file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        var from = room(CLASSES.resolve(ROOT).relativize(file.getParent()).toString());
        if (from.startsWith("..") || from.isEmpty())
          continue; // module-info and the root package see all
        if (!allowed.containsKey(from)) {
          broken.add(from + " has no row in ARCHITECTURE.md");
          continue;
        }
        for (var to : imports(file)) {
          if (!to.equals(from) && !allowed.get(from).contains(to))
            broken.add(from + " -> " + to + "  in " + file.getFileName());
        }
      }
    }
    assertEquals("", broken.stream().collect(joining("\n")));
  }

  @Test
  void theHouseHasNoCircle() throws Exception {
    var left = new TreeMap<>(rooms());
    while (left.values().removeIf(uses -> Collections.disjoint(uses, left.keySet()))) {}
    assertEquals(Set.of(), left.keySet());
  }

  private static Set<String> imports(Path file) throws Exception {
    var rooms = new TreeSet<String>();
    for (var entry : ClassFile.of().parse(file).constantPool()) {
      var name =
          switch (entry) {
            case ClassEntry c -> c.asInternalName();
            case Utf8Entry u -> u.stringValue(); // descriptors and signatures
            default -> "";
          };
      var match = TYPE.matcher(name);
      while (match.find()) rooms.add(room(match.group(1)));
    }
    return rooms;
  }

  private static String room(String path) {
    return path.replace('/', '.');
  }

  private static Map<String, Set<String>> rooms() throws Exception {
    var rooms = new TreeMap<String, Set<String>>();
    for (var line : Files.readAllLines(Path.of("ARCHITECTURE.md"))) {
      if (!line.startsWith("| `")) continue;
      var cells = line.split("\\|");
      var uses = new TreeSet<String>();
      var match = Pattern.compile("`([^`]+)`").matcher(cells.length > 2 ? cells[2] : "");
      while (match.find()) uses.add(match.group(1));
      rooms.put(cells[1].strip().replace("`", ""), uses);
    }
    return rooms;
  }
}
