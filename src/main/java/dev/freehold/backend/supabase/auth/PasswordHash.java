package dev.freehold.backend.supabase.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Checks a password against a stored hash of any kind an earlier host may have left: bcrypt,
/// Argon2 and Firebase's scrypt.
///
/// Cost parameters come with the hash, so they are bounded: a hash that asks for more memory or
/// time than the bounds matches nothing. All hashes that are worked on at one time share
/// [#MAX_KIB], so that nobody's sign-ins can use up the server's heap.
final class PasswordHash {
  /// Memory, in KiB: a quarter of the server's heap.
  static final int MAX_KIB = 65_536;

  static final int MAX_ARGON2_PASSES = 32;
  private static final int LEAST_ARGON2_KIB_A_LANE = 8;
  static final int MAX_ARGON2_LANES = 32;
  static final int MAX_SCRYPT_LOG_N = 18;
  static final int MAX_SCRYPT_LANES = 4;
  static final int MAX_BCRYPT_COST = 16;

  private static final int NEW_ARGON2_KIB = 19_456;
  private static final int NEW_ARGON2_PASSES = 2;
  private static final int NEW_ARGON2_BYTES = 32;
  private static final int KEY_BYTES = 32;

  private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");
  private static final Pattern ARGON2 =
      Pattern.compile(
          "\\$argon2(d|i|id)\\$v=(16|19)\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,3})"
              + "\\$([A-Za-z0-9+/]{11,88})=*\\$([A-Za-z0-9+/]{16,88})=*");
  private static final Pattern FIREBASE =
      Pattern.compile(
          "\\$fbscrypt\\$v=1,n=(\\d{1,2}),r=(\\d{1,2}),p=(\\d{1,2})(?:,ss=([A-Za-z0-9+/=]+))?"
              + ",sk=([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+)");

  private static final Semaphore KIB = new Semaphore(MAX_KIB, true);

  private PasswordHash() {}

  /// Whether the text is a hash that can be checked here.
  static boolean isKnown(String hash) {
    return BCRYPT.matcher(hash).matches()
        || ARGON2.matcher(hash).matches()
        || FIREBASE.matcher(hash).matches();
  }

  static boolean matches(byte[] password, String hash) {
    var bcrypt = BCRYPT.matcher(hash);
    if (bcrypt.matches()) {
      return Integer.parseInt(bcrypt.group(1)) <= MAX_BCRYPT_COST
          && OpenBSDBCrypt.checkPassword(hash, password);
    }
    var argon2 = ARGON2.matcher(hash);
    var firebase = FIREBASE.matcher(hash);
    try {
      return argon2.matches()
          ? argon2(password, argon2)
          : firebase.matches() && firebase(password, firebase);
    } catch (IllegalArgumentException e) {
      // What should be base64 is none.
      return false;
    }
  }

  /// A new Argon2id hash, as costly as OWASP asks for: 19 MiB, two passes, one lane.
  static String argon2id(byte[] password, byte[] salt) {
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(NEW_ARGON2_KIB)
            .withIterations(NEW_ARGON2_PASSES)
            .withParallelism(1)
            .withSalt(salt)
            .build());
    var hash = new byte[NEW_ARGON2_BYTES];
    int unusedLength = holding(NEW_ARGON2_KIB, () -> generator.generateBytes(password, hash));
    var text = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + NEW_ARGON2_KIB
        + ",t="
        + NEW_ARGON2_PASSES
        + ",p=1$"
        + text.encodeToString(salt)
        + "$"
        + text.encodeToString(hash);
  }

  /// Waits until the memory is free, whoever else has it.
  private static <T> T holding(int kib, Supplier<T> work) {
    KIB.acquireUninterruptibly(kib);
    try {
      return work.get();
    } finally {
      KIB.release(kib);
    }
  }

  private static boolean argon2(byte[] password, Matcher hash) {
    int memory = Integer.parseInt(hash.group(3));
    int passes = Integer.parseInt(hash.group(4));
    int lanes = Integer.parseInt(hash.group(5));
    if (passes < 1
        || passes > MAX_ARGON2_PASSES
        || lanes < 1
        || lanes > MAX_ARGON2_LANES
        || memory < LEAST_ARGON2_KIB_A_LANE * lanes
        || memory > MAX_KIB) {
      return false;
    }
    int type =
        switch (hash.group(1)) {
          case "d" -> Argon2Parameters.ARGON2_d;
          case "i" -> Argon2Parameters.ARGON2_i;
          default -> Argon2Parameters.ARGON2_id;
        };
    var expected = Base64.getDecoder().decode(hash.group(7));
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(type)
            .withVersion(Integer.parseInt(hash.group(2)))
            .withMemoryAsKB(memory)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(Base64.getDecoder().decode(hash.group(6)))
            .build());
    var actual = new byte[expected.length];
    int unusedLength = holding(memory, () -> generator.generateBytes(password, actual));
    return MessageDigest.isEqual(actual, expected);
  }

  /// Firebase encrypts its signer key with what scrypt derives from the password.
  private static boolean firebase(byte[] password, Matcher hash) {
    int logN = Integer.parseInt(hash.group(1));
    int blockSize = Integer.parseInt(hash.group(2));
    int lanes = Integer.parseInt(hash.group(3));
    if (logN < 1
        || logN > MAX_SCRYPT_LOG_N
        || blockSize < 1
        || lanes < 1
        || lanes > MAX_SCRYPT_LANES) {
      return false;
    }
    long memory = ((128L * blockSize) << logN) / 1_024 + 1;
    if (memory > MAX_KIB) {
      return false;
    }
    var salt = Base64.getDecoder().decode(hash.group(6));
    var separator = Base64.getDecoder().decode(hash.group(4) == null ? "" : hash.group(4));
    var salted = Arrays.copyOf(salt, salt.length + separator.length);
    System.arraycopy(separator, 0, salted, salt.length, separator.length);
    var derived =
        holding(
            (int) memory,
            () -> SCrypt.generate(password, salted, 1 << logN, blockSize, lanes, KEY_BYTES));
    try {
      var cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(derived, "AES"),
          new IvParameterSpec(new byte[16]));
      var actual = cipher.doFinal(Base64.getDecoder().decode(hash.group(5)));
      return MessageDigest.isEqual(actual, Base64.getDecoder().decode(hash.group(7)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
