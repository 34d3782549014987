package dev.freehold.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Header fields in the order they were sent; names compare without regard to case (RFC 9110 §5.1).
/// Immutable.
public final class Headers {
  public static final Headers EMPTY = new Headers(List.of());

  /// One header field.
  public record Field(String name, String value) {}

  private final List<Field> fields;

  private Headers(List<Field> fields) {
    this.fields = fields;
  }

  public static Headers of(List<Field> fields) {
    return fields.isEmpty() ? EMPTY : new Headers(List.copyOf(fields));
  }

  /// Names and values in turn.
  public static Headers of(String... namesAndValues) {
    var list = new ArrayList<Field>(namesAndValues.length / 2);
    for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
      list.add(new Field(namesAndValues[i], namesAndValues[i + 1]));
    }
    return of(list);
  }

  public List<Field> fields() {
    return fields;
  }

  /// The first value of that name.
  public Optional<String> first(String name) {
    for (var field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }

  /// Every value of that name, in order.
  public List<String> all(String name) {
    return fields.stream().filter(f -> f.name().equalsIgnoreCase(name)).map(Field::value).toList();
  }

  public boolean has(String name) {
    return first(name).isPresent();
  }

  /// A copy with this field added after the others.
  public Headers with(String name, String value) {
    var copy = new ArrayList<>(fields);
    copy.add(new Field(name, value));
    return of(copy);
  }

  /// A copy in which this is the only field of that name.
  public Headers replacing(String name, String value) {
    return without(name).with(name, value);
  }

  public Headers without(String name) {
    return has(name)
        ? of(fields.stream().filter(f -> !f.name().equalsIgnoreCase(name)).toList())
        : this;
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    for (var field : fields) {
      var secret =
          switch (field.name().toLowerCase(Locale.ROOT)) {
            case "authorization", "cookie", "set-cookie", "apikey", "proxy-authorization" -> true;
            default -> false;
          };
      text.append(field.name()).append(": ").append(secret ? "…" : field.value()).append('\n');
    }
    return text.toString();
  }
}
