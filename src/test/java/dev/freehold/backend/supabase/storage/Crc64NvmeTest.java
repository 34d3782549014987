package dev.freehold.backend.supabase.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Crc64NvmeTest {
  private static long of(byte[] bytes) {
    var sum = new Crc64Nvme();
    sum.update(bytes, 0, bytes.length);
    return sum.getValue();
  }

  /// The check values of the NVM Express Command Set and of the catalogue of CRCs.
  @Test
  void itIsTheOneOfTheStandard() {
    assertThat(of("123456789".getBytes(US_ASCII))).isEqualTo(0xAE8B14860A799888L);
    assertThat(of(new byte[4096])).isEqualTo(0x6482D367EB22B64EL);
    assertThat(of(new byte[0])).isZero();
  }

  @Test
  void howItIsCutDoesNotMatter() {
    var bytes = "what comes in pieces is the same as what comes at once".getBytes(US_ASCII);
    for (int cut = 0; cut <= bytes.length; cut++) {
      var sum = new Crc64Nvme();
      sum.update(bytes, 0, cut);
      sum.update(bytes, cut, bytes.length - cut);
      assertThat(sum.getValue()).isEqualTo(of(bytes));
    }
  }
}
