package dev.freehold.backend.ai;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON object whose members are changed where they lie: what is not changed is sent as it came,
/// without a copy, for pictures in it are large.
final class JsonMembers {
  /// A longer value is not read, only passed on.
  private static final int MAX_READ_BYTES = 64 * 1024;

  /// Text has about a token for every so many bytes; the guess is rather too high.
  private static final int BYTES_A_TOKEN = 3;

  /// What a picture or a file inside a text counts as.
  private static final int DATA_TOKENS = 1_500;

  private static final byte[] DATA = "\"data:".getBytes(StandardCharsets.US_ASCII);
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, Slice> members;
  private final long tokens;

  private JsonMembers(Map<String, Slice> members, long tokens) {
    this.members = members;
    this.tokens = tokens;
  }

  /// Bytes of an array, from the first to before the last.
  @SuppressWarnings("ArrayRecordComponent")
  record Slice(byte[] bytes, int from, int to) {
    static Slice of(String text) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      return new Slice(bytes, 0, bytes.length);
    }

    int length() {
      return to - from;
    }
  }

  /// @return empty when that is no JSON object
  static Optional<JsonMembers> of(byte[] bytes) {
    var members = new LinkedHashMap<String, Slice>();
    long tokens = 0;
    try (var parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      int depth = 1;
      var name = "";
      int value = -1;
      int text = -1;
      while (depth > 0) {
        var token = parser.nextToken();
        if (token == null) {
          return Optional.empty();
        }
        int at = (int) parser.currentTokenLocation().getByteOffset();
        if (text >= 0) {
          tokens += tokens(bytes, text, at);
          text = -1;
        }
        boolean ends = depth == 1 && (token == JsonToken.PROPERTY_NAME || token.isStructEnd());
        if (ends && value >= 0) {
          members.put(name, new Slice(bytes, value, end(bytes, at)));
          value = -1;
        } else if (depth == 1 && token != JsonToken.PROPERTY_NAME) {
          value = at;
        }
        name = depth == 1 && token == JsonToken.PROPERTY_NAME ? parser.currentName() : name;
        text = token == JsonToken.VALUE_STRING ? at : -1;
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
      return parser.nextToken() == null
          ? Optional.of(new JsonMembers(members, tokens))
          : Optional.empty();
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  private static long tokens(byte[] bytes, int from, int to) {
    int length = to - from;
    boolean isData =
        length > DATA_TOKENS
            && Arrays.equals(bytes, from, from + DATA.length, DATA, 0, DATA.length);
    return isData ? DATA_TOKENS : length / BYTES_A_TOKEN + 1;
  }

  /// Between a value and the next token stand a comma and white space only.
  private static int end(byte[] bytes, int next) {
    int end = next;
    while (bytes[end - 1] == ',' || isWhite(bytes[end - 1])) {
      end--;
    }
    return end;
  }

  private static boolean isWhite(byte one) {
    return one == ' ' || one == '\n' || one == '\r' || one == '\t';
  }

  /// About how many tokens its texts are.
  long tokens() {
    return tokens;
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  /// The value; missing when it is not there or too long to be read.
  JsonNode value(String name) {
    var slice = members.get(name);
    return slice == null || slice.length() > MAX_READ_BYTES
        ? JSON.missingNode()
        : JSON.readTree(slice.bytes(), slice.from(), slice.length());
  }

  void put(String name, Object value) {
    members.put(name, Slice.of(JSON.writeValueAsString(value)));
  }

  boolean remove(String name) {
    return members.remove(name) != null;
  }

  void rename(String name, String other) {
    var value = members.remove(name);
    if (value != null) {
      members.put(other, value);
    }
  }

  /// The object, in pieces.
  List<Slice> slices() {
    var all = new ArrayList<Slice>(members.size() * 2 + 1);
    var before = "{";
    for (var member : members.entrySet()) {
      all.add(Slice.of(before + JSON.writeValueAsString(member.getKey()) + ":"));
      all.add(member.getValue());
      before = ",";
    }
    all.add(Slice.of(members.isEmpty() ? "{}" : "}"));
    return all;
  }
}
