package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The little JSON this room reads and writes itself; rows are rendered by PostgreSQL.
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private Json() {}

  /// The shape of a request's body.
  ///
  /// @param array whether it is an array of objects
  /// @param rows how many objects it has
  /// @param keys the keys every object has
  record Shape(boolean array, int rows, SequencedSet<String> keys) {}

  static String quote(String text) {
    var quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < 0x20) {
            quoted.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 15]);
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  static String object(List<String> names, List<String> values) {
    var text = new StringBuilder("{");
    for (int i = 0; i < names.size(); i++) {
      text.append(i == 0 ? "" : ",")
          .append(quote(names.get(i)))
          .append(':')
          .append(quote(values.get(i)));
    }
    return text.append('}').toString();
  }

  /// Reads a body through to its end. A value that is neither object nor array counts as an empty
  /// array, as PostgREST has it.
  ///
  /// @throws RestFailure PGRST102
  static Shape shape(byte[] body) {
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
      var first = parser.nextToken();
      if (first == null) {
        throw Failures.invalidBody("Empty or invalid json");
      }
      var shape =
          switch (first) {
            case START_OBJECT -> new Shape(false, 1, keys(parser));
            case START_ARRAY -> arrayShape(parser);
            default -> {
              parser.skipChildren();
              yield new Shape(true, 0, new LinkedHashSet<>());
            }
          };
      if (parser.nextToken() != null) {
        throw Failures.invalidBody("Empty or invalid json");
      }
      return shape;
    } catch (JacksonException e) {
      throw Failures.invalidBody("Empty or invalid json");
    }
  }

  private static Shape arrayShape(JsonParser parser) {
    SequencedSet<String> keys = new LinkedHashSet<>();
    int rows = 0;
    var uniform = true;
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      if (token != JsonToken.START_OBJECT) {
        uniform = false;
        parser.skipChildren();
        continue;
      }
      var here = keys(parser);
      if (rows == 0) {
        keys = here;
      } else {
        uniform &= keys.equals(here);
      }
      rows++;
    }
    if (!uniform) {
      throw Failures.invalidBody("All object keys must match");
    }
    return new Shape(true, rows, keys);
  }

  private static SequencedSet<String> keys(JsonParser parser) {
    var keys = new LinkedHashSet<String>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      keys.add(parser.currentName());
      parser.nextToken();
      parser.skipChildren();
    }
    return keys;
  }

  /// The members of one object whose values are texts, numbers or flat objects of texts.
  ///
  /// @param texts text and number members; a null member is absent
  /// @param objects members that are objects of texts, in their order
  record Members(Map<String, String> texts, Map<String, List<String[]>> objects) {
    Optional<String> text(String name) {
      return Optional.ofNullable(texts.get(name));
    }
  }

  /// Reads one object of which only texts, numbers and objects of texts matter; empty when it is
  /// anything else.
  static Optional<Members> members(String json) {
    var found = new Members(new HashMap<>(), new HashMap<>());
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = parser.currentName();
        var token = parser.nextToken();
        if (token == JsonToken.START_OBJECT) {
          found.objects().put(name, pairs(parser));
        } else if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
          found.texts().put(name, parser.getString());
        } else {
          parser.skipChildren();
        }
      }
      return parser.nextToken() == null ? Optional.of(found) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static List<String[]> pairs(JsonParser parser) {
    var pairs = new ArrayList<String[]>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      var name = parser.currentName();
      parser.nextToken();
      pairs.add(new String[] {name, parser.getString()});
      parser.skipChildren();
    }
    return pairs;
  }

  /// An array of objects with one text member each, as the setting `response.headers` holds it;
  /// empty when it is anything else.
  static Optional<List<String[]>> headerPairs(String json) {
    var found = new ArrayList<String[]>();
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        return Optional.empty();
      }
      for (var token = parser.nextToken();
          token == JsonToken.START_OBJECT;
          token = parser.nextToken()) {
        if (parser.nextToken() != JsonToken.PROPERTY_NAME) {
          return Optional.empty();
        }
        var name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          return Optional.empty();
        }
        found.add(new String[] {name, parser.getString()});
        if (parser.nextToken() != JsonToken.END_OBJECT) {
          return Optional.empty();
        }
      }
      return parser.currentToken() == JsonToken.END_ARRAY && parser.nextToken() == null
          ? Optional.of(found)
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
