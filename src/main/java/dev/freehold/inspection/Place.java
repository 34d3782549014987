package dev.freehold.inspection;

/// A line of a file of the Export.
///
/// @param file relative to the export, with `/`
/// @param line from 1; 0 means the file as a whole
public record Place(String file, int line) implements Comparable<Place> {

  static Place whole(String file) {
    return new Place(file, 0);
  }

  @Override
  public int compareTo(Place other) {
    int byFile = file.compareTo(other.file);
    return byFile != 0 ? byFile : Integer.compare(line, other.line);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line;
  }
}
