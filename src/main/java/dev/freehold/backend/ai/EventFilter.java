package dev.freehold.backend.ai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads along in a stream of server-sent events and lets it pass byte by byte: what was used, and
/// how many events there were. An event that says nothing but what was used is left out when the
/// App did not ask for it.
///
/// Lines are held back until they are whole; one that is too long to be held passes unread.
final class EventFilter implements AnswerFilter {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
  private static final JsonMapper JSON = JsonMapper.shared();

  private final boolean hideUsage;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean tooLong;
  private boolean skipBlank;
  private long events;
  private Optional<AiTokens.Said> said = Optional.empty();

  EventFilter(boolean hideUsage) {
    this.hideUsage = hideUsage;
  }

  @Override
  public Optional<AiTokens.Said> said() {
    return said;
  }

  @Override
  public long events() {
    return events;
  }

  @Override
  public byte[] pass(byte[] piece, int length) {
    var out = new ByteArrayOutputStream(length);
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (piece[i] == '\n') {
        line.write(piece, start, i + 1 - start);
        start = i + 1;
        endLine(out);
      }
    }
    line.write(piece, start, length - start);
    if (line.size() > MAX_LINE_BYTES) {
      tooLong = true;
      flush(out);
    }
    return out.toByteArray();
  }

  @Override
  public byte[] end() {
    var out = new ByteArrayOutputStream(line.size());
    if (line.size() > 0) {
      endLine(out);
    }
    return out.toByteArray();
  }

  private void endLine(ByteArrayOutputStream out) {
    if (tooLong) {
      tooLong = false;
      flush(out);
      return;
    }
    var bytes = line.toByteArray();
    boolean isBlank = bytes.length == 1 || (bytes.length == 2 && bytes[0] == '\r');
    boolean drop = isBlank ? skipBlank : isHidden(bytes);
    skipBlank = drop && !isBlank;
    if (drop) {
      line.reset();
    } else {
      flush(out);
    }
  }

  private void flush(ByteArrayOutputStream out) {
    out.writeBytes(line.toByteArray());
    line.reset();
  }

  /// Takes note of an event's data; true when it is not for the App.
  private boolean isHidden(byte[] bytes) {
    if (bytes.length <= DATA.length || !startsWithData(bytes)) {
      return false;
    }
    events++;
    var text = new String(bytes, DATA.length, bytes.length - DATA.length, StandardCharsets.UTF_8);
    if (!text.contains("\"usage\"")) {
      return false;
    }
    try {
      var event = JSON.readTree(text);
      var usage = AiTokens.said(usage(event));
      usage.ifPresent(found -> said = usage);
      var choices = event.path("choices");
      return hideUsage && usage.isPresent() && choices.isArray() && choices.isEmpty();
    } catch (JacksonException notJson) {
      return false;
    }
  }

  /// In OpenAI's `responses` it stands inside `response`.
  private static JsonNode usage(JsonNode event) {
    var usage = event.path("usage");
    return usage.isObject() ? usage : event.path("response").path("usage");
  }

  private static boolean startsWithData(byte[] bytes) {
    for (int i = 0; i < DATA.length; i++) {
      if (bytes[i] != DATA[i]) {
        return false;
      }
    }
    return true;
  }
}
