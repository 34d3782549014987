package dev.freehold.backend.ai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Finds what was used in a JSON answer of any length while it passes, and holds nothing else of
/// it: pictures inside are many times larger than what the server may keep.
///
/// `usage` is an object at the top, or inside `response` there.
final class UsageScanner implements AnswerFilter {
  private static final int MAX_KEY_BYTES = 32;
  private static final int MAX_USAGE_BYTES = 16 * 1024;
  private static final int KEYS_AT = 2;

  private final String[] keys = {"", "", ""};
  private final boolean[] isObject = new boolean[KEYS_AT + 1];
  private final ByteArrayOutputStream key = new ByteArrayOutputStream(MAX_KEY_BYTES);
  private final ByteArrayOutputStream usage = new ByteArrayOutputStream();
  private int depth;
  private int usageDepth;
  private boolean inString;
  private boolean escaped;
  private boolean isKey;
  private boolean awaitsKey;
  private Optional<AiTokens.Said> said = Optional.empty();

  @Override
  public byte[] pass(byte[] piece, int length) {
    for (int i = 0; i < length; i++) {
      take(piece[i]);
    }
    return Arrays.copyOf(piece, length);
  }

  /// The same for bytes that pass by another way.
  void read(byte[] piece, int from, int to) {
    for (int i = from; i < to; i++) {
      take(piece[i]);
    }
  }

  @Override
  public byte[] end() {
    return new byte[0];
  }

  @Override
  public Optional<AiTokens.Said> said() {
    return said;
  }

  @Override
  public long events() {
    return 0;
  }

  private void take(byte one) {
    if (usageDepth > 0 && usage.size() < MAX_USAGE_BYTES) {
      usage.write(one);
    }
    if (inString) {
      string(one);
      return;
    }
    switch (one) {
      case '"' -> {
        inString = true;
        isKey = awaitsKey && depth >= 1 && depth <= KEYS_AT && isObject[depth];
        key.reset();
      }
      case '{', '[' -> open(one);
      case '}', ']' -> close();
      case ',' -> awaitsKey = true;
      case ':' -> awaitsKey = false;
      default -> {}
    }
  }

  private void string(byte one) {
    if (escaped) {
      escaped = false;
    } else if (one == '\\') {
      escaped = true;
    } else if (one == '"') {
      inString = false;
      if (isKey) {
        keys[depth] = key.toString(StandardCharsets.UTF_8);
      }
      return;
    }
    if (isKey && key.size() < MAX_KEY_BYTES) {
      key.write(one);
    }
  }

  private void open(byte one) {
    boolean isUsage =
        one == '{'
            && usageDepth == 0
            && ((depth == 1 && keys[1].equals("usage"))
                || (depth == 2 && keys[1].equals("response") && keys[2].equals("usage")));
    depth++;
    if (depth <= KEYS_AT) {
      isObject[depth] = one == '{';
      keys[depth] = "";
    }
    awaitsKey = true;
    if (isUsage) {
      usageDepth = depth;
      usage.reset();
      usage.write(one);
    }
  }

  private void close() {
    if (depth == usageDepth && usageDepth > 0) {
      usageDepth = 0;
      try {
        AiTokens.said(JsonMapper.shared().readTree(usage.toByteArray()))
            .ifPresent(found -> said = Optional.of(found));
      } catch (JacksonException notUsage) {
        usage.reset();
      }
    }
    depth = Math.max(0, depth - 1);
  }
}
