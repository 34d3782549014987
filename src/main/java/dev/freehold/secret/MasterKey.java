package dev.freehold.secret;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The key that seals every secret: 32 random bytes in a file that only we can read.
///
/// AES-256-GCM with a fresh 96-bit nonce a value (NIST SP 800-38D §8.2.2: at most 2^32 values a
/// key, which no owner reaches). What a value belongs to is bound in as associated data, so that a
/// sealed value cannot be moved to another environment or name.
public final class MasterKey {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String CIPHER = "AES/GCM/NoPadding";

  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  private MasterKey(byte[] bytes) {
    this.key = new SecretKeySpec(bytes, "AES");
  }

  /// Reads the file, or makes it on a first start.
  public static MasterKey at(Path file) {
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      var readers = EnumSet.copyOf(Files.getPosixFilePermissions(file));
      readers.remove(PosixFilePermission.OWNER_READ);
      readers.remove(PosixFilePermission.OWNER_WRITE);
      var bytes = Files.readAllBytes(file);
      if (bytes.length != KEY_BYTES || !readers.isEmpty()) {
        throw Problem.of("master-key-unsafe", "the master key is damaged or readable by others")
            .detail(file.toString())
            .hint("restore it from your copy, then: chmod 600 " + file)
            .raise();
      }
      return new MasterKey(bytes);
    } catch (IOException e) {
      throw Problem.of("master-key-unreadable", "the master key could not be read")
          .detail(file.toString())
          .raise(e);
    }
  }

  byte[] seal(String value, String belongsTo) {
    var nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      var cipher = Cipher.getInstance(CIPHER);
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(belongsTo.getBytes(StandardCharsets.UTF_8));
      var sealed = cipher.doFinal(value.getBytes(StandardCharsets.UTF_8));
      var whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
      return whole;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  String open(byte[] sealed, String belongsTo) {
    try {
      var cipher = Cipher.getInstance(CIPHER);
      var nonce = new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES);
      cipher.init(Cipher.DECRYPT_MODE, key, nonce);
      cipher.updateAAD(belongsTo.getBytes(StandardCharsets.UTF_8));
      var value = cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
      return new String(value, StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw Problem.of("secret-unreadable", "a secret does not open with this master key")
          .hint("was the data folder copied without its master.key?")
          .raise(e);
    }
  }

  private static void create(Path file) throws IOException {
    var bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    var beside = file.resolveSibling("." + file.getFileName() + ".tmp");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(beside, bytes, StandardOpenOption.SYNC);
    Files.move(beside, file);
  }
}
