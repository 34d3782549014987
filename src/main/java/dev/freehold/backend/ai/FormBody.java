package dev.freehold.backend.ai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// A form with files (RFC 7578), of which only the short field `model` is read and replaced; all
/// other bytes stay as they are.
final class FormBody {
  private static final Pattern BOUNDARY =
      Pattern.compile("(?i);\\s*boundary=(?:\"([^\"]{1,200})\"|([^;\\s]{1,200}))");
  private static final Pattern MODEL =
      Pattern.compile("(?i)content-disposition:[^\\r\\n]*;\\s*name=\"?model\"?\\s*(;|\\r|$)");
  private static final int MAX_HEAD_BYTES = 4_096;
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;
  private final int from;
  private final int to;

  private FormBody(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  /// @return empty when this is no such form, or has no field `model`
  static Optional<FormBody> of(String contentType, byte[] bytes) {
    var boundary = BOUNDARY.matcher(contentType);
    if (!contentType.regionMatches(true, 0, "multipart/form-data", 0, 19) || !boundary.find()) {
      return Optional.empty();
    }
    var word = boundary.group(1) == null ? boundary.group(2) : boundary.group(1);
    var delimiter = ("--" + word).getBytes(StandardCharsets.ISO_8859_1);
    for (int part = indexOf(bytes, delimiter, 0); part >= 0; ) {
      int head = part + delimiter.length;
      int end = indexOf(bytes, HEAD_END, head);
      int next = indexOf(bytes, delimiter, head);
      if (end < 0 || next < 0) {
        return Optional.empty();
      }
      if (end < next && end - head <= MAX_HEAD_BYTES) {
        var lines = new String(bytes, head, end - head, StandardCharsets.UTF_8);
        if (MODEL.matcher(lines).find()) {
          int start = end + HEAD_END.length;
          return Optional.of(new FormBody(bytes, start, Math.max(start, next - 2)));
        }
      }
      part = next;
    }
    return Optional.empty();
  }

  String model() {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  byte[] withModel(String model) {
    var out = new ByteArrayOutputStream(bytes.length + model.length());
    out.write(bytes, 0, from);
    out.writeBytes(model.getBytes(StandardCharsets.UTF_8));
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }

  private static int indexOf(byte[] in, byte[] wanted, int start) {
    for (int i = start; i + wanted.length <= in.length; i++) {
      if (in[i] == wanted[0] && Arrays.equals(in, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
