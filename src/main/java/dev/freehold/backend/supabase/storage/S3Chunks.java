package dev.freehold.backend.supabase.storage;

import dev.freehold.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A body in the form `aws-chunked`: pieces, each with its length and, where the client signs them,
/// a signature that covers the piece and the one before; at its end perhaps fields with checksums
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html). A piece that was changed
/// on its way fails the whole upload.
final class S3Chunks extends InputStream {
  private static final String SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  private static final String EMPTY_SHA256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final int MAX_LINE_BYTES = 4096;
  private static final int MAX_TRAILERS = 16;
  private static final long MAX_CHUNK_BYTES = 1L << 30;

  private final InputStream body;
  private final S3Signature signature;
  private final byte @Nullable [] key;
  private final Map<String, String> trailers = new HashMap<>();
  private String previous;
  private String claimed = "";
  private MessageDigest digest = Digest.SHA_256.start();
  private long left;
  private boolean begun;
  private boolean ended;

  /// @param key the signing key; null when pieces are not signed
  private S3Chunks(InputStream body, S3Signature signature, byte @Nullable [] key) {
    this.body = body;
    this.signature = signature;
    this.key = key;
    this.previous = signature.signature();
  }

  static boolean isChunked(S3Signature signature) {
    return signature.payload().startsWith("STREAMING-");
  }

  static S3Chunks of(InputStream body, S3Signature signature, String secret) {
    boolean signed = signature.payload().startsWith(SIGNED);
    return new S3Chunks(body, signature, signed ? signature.key(secret) : null);
  }

  /// The fields at the end, in lower case; there once the body has ended.
  Map<String, String> trailers() {
    return trailers;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !next()) {
      return -1;
    }
    int count = body.read(into, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw new IOException("the body ended inside a chunk");
    }
    digest.update(into, offset, count);
    left -= count;
    return count;
  }

  /// Ends the piece before and begins the next; false at the end.
  private boolean next() throws IOException {
    if (ended) {
      return false;
    }
    if (begun) {
      check();
      if (!line().isEmpty()) {
        throw malformed();
      }
    }
    begun = true;
    var head = line();
    int semicolon = head.indexOf(';');
    var size = (semicolon < 0 ? head : head.substring(0, semicolon)).strip();
    if (!size.matches("[0-9a-fA-F]{1,8}")) {
      throw malformed();
    }
    left = Long.parseLong(size, 16);
    if (left > MAX_CHUNK_BYTES) {
      throw malformed();
    }
    int sign = head.indexOf("chunk-signature=");
    claimed = sign < 0 ? "" : head.substring(sign + "chunk-signature=".length()).strip();
    digest = Digest.SHA_256.start();
    if (left > 0) {
      return true;
    }
    ended = true;
    check();
    readTrailers();
    return false;
  }

  private void check() {
    if (key == null) {
      return;
    }
    var text =
        String.join(
            "\n",
            SignatureV4.ALGORITHM + "-PAYLOAD",
            signature.date(),
            signature.scope().text(),
            previous,
            EMPTY_SHA256,
            HexFormat.of().formatHex(digest.digest()));
    var computed = SignatureV4.sign(key, text);
    if (!SignatureV4.same(computed, claimed)) {
      throw StorageError.signatureDoesNotMatch("The signature of a chunk does not match");
    }
    previous = computed;
  }

  private void readTrailers() throws IOException {
    var canonical = new StringBuilder();
    for (int i = 0; i < MAX_TRAILERS; i++) {
      var line = line();
      if (line.isEmpty()) {
        return;
      }
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw malformed();
      }
      var name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      var value = line.substring(colon + 1).strip();
      if (name.equals("x-amz-trailer-signature")) {
        checkTrailers(canonical.toString(), value);
      } else {
        trailers.put(name, value);
        canonical.append(name).append(':').append(value).append('\n');
      }
    }
    throw malformed();
  }

  private void checkTrailers(String canonical, String claimedSignature) {
    if (key == null) {
      return;
    }
    var text =
        String.join(
            "\n",
            SignatureV4.ALGORITHM + "-TRAILER",
            signature.date(),
            signature.scope().text(),
            previous,
            Digest.SHA_256.hex(canonical));
    if (!SignatureV4.same(SignatureV4.sign(key, text), claimedSignature)) {
      throw StorageError.signatureDoesNotMatch("The signature of the trailer does not match");
    }
  }

  /// One line, without its end; empty too at the end of the body.
  private String line() throws IOException {
    var line = new StringBuilder();
    while (true) {
      int next = body.read();
      if (next < 0 || next == '\n') {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
          line.setLength(length - 1);
        }
        return line.toString();
      }
      if (line.length() == MAX_LINE_BYTES) {
        throw malformed();
      }
      line.append((char) next);
    }
  }

  private static StorageError malformed() {
    return StorageError.invalidRequest("The body is not in the form aws-chunked");
  }
}
