package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hashes that others published with their passwords: those of crypt_blowfish, of the reference
/// implementation of Argon2 and of Firebase's scrypt.
class PasswordHashTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "U*U $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "U*U* $2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK",
        "U*U*U $2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a",
        "password"
            + " $argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
        "password"
            + " $argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "password"
            + " $argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "password"
            + " $argon2i$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
        "user1password $fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,"
            + "sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
            + "$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
      })
  void publishedHashesMatchTheirPasswords(String password, String hash) {
    assertThat(PasswordHash.isKnown(hash)).isTrue();
    assertThat(PasswordHash.matches(bytes(password), hash)).isTrue();
    assertThat(PasswordHash.matches(bytes(password + "x"), hash)).isFalse();
    assertThat(PasswordHash.matches(bytes(""), hash)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "cost $2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "memory"
            + " $argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "heap $argon2id$v=19$m=65544,t=1,p=1$c29tZXNhbHQ$lQW+drDKYwHnH5mXV+YMm0RGSV/ejiWQng15MXbuL14",
        "passes"
            + " $argon2id$v=19$m=65536,t=999,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "lanes"
            + " $argon2id$v=19$m=8,t=2,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "few"
            + " $argon2id$v=19$m=0,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "none"
            + " $argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "scrypt $fbscrypt$v=1,n=30,r=8,p=1,ss=Bw==,sk=jxspr8Ki$42xEC+ixf3L2lw==$lSrfV15cpx95",
        "lanes $fbscrypt$v=1,n=14,r=16,p=99,ss=Bw==,sk=jxspr8Ki$42xEC+ixf3L2lw==$lSrfV15cpx95",
        "base64 $fbscrypt$v=1,n=14,r=8,p=1,ss=B,sk=jxspr8Ki$42xEC+ixf3L2lw==$lSrfV15cpx95",
        "memory $fbscrypt$v=1,n=18,r=16,p=1,ss=Bw==,sk=jxspr8Ki$42xEC+ixf3L2lw==$lSrfV15cpx95",
        "words plaintext"
      })
  void hashesThatAskForTooMuchOrMakeNoSenseMatchNothing(String password, String hash) {
    long before = System.nanoTime();
    assertThat(PasswordHash.matches(bytes(password), hash)).isFalse();
    assertThat((System.nanoTime() - before) / 1_000_000_000.0).isLessThan(10);
  }

  @Test
  void manyCostlyHashesAtOnceFitAServersHeap() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var outcome =
        Commands.run(
            Command.of(
                    java,
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-cp",
                    System.getProperty("java.class.path"),
                    AtOnce.class.getName())
                .in(Path.of("").toAbsolutePath())
                .within(Duration.ofMinutes(2)));
    assertThat(outcome.exit()).as(outcome.err()).isZero();
  }

  /// A process as small as the server that is asked for many costly hashes at one time.
  static final class AtOnce {
    private static final int HASHES = 16;

    private AtOnce() {}

    public static void main(String[] arguments) throws InterruptedException {
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < HASHES; i++) {
        threads.add(Thread.ofPlatform().start(AtOnce::one));
      }
      for (var thread : threads) {
        thread.join();
      }
    }

    private static void one() {
      boolean unused =
          PasswordHash.matches(
              bytes("password"), "$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$" + "A".repeat(43));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
