package dev.freehold.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Ranges of addresses: what is read as one, what it holds, and what is left without a part.
class AddressBlockTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0/8",
    "10.1.2.3/8, 10.0.0.0/8",
    "192.168.1.1, 192.168.1.1",
    "192.168.1.1/32, 192.168.1.1",
    "0.0.0.0/0, 0.0.0.0/0",
    "::1, 0:0:0:0:0:0:0:1",
    "fd12::5/7, fc00:0:0:0:0:0:0:0/7",
    "::ffff:10.0.0.1, 10.0.0.1",
  })
  void anAddressOrARangeIsRead(String text, String shown) {
    assertThat(AddressBlock.parse(text)).hasValueSatisfying(b -> assertThat(b).hasToString(shown));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/x",
        "10.1",
        "2130706433",
        "0x7f.1",
        "fe80::1%eth0",
        "1.2.3.4.5",
        "256.1.1.1",
        "::1/129",
        "10.0.0.0/8/8",
      })
  void everythingElseIsNot(String text) {
    assertThat(AddressBlock.parse(text)).isEmpty();
  }

  @Test
  void whatIsLeftCoversEverythingButThatPart() {
    var left = block("10.0.0.0/30").without(block("10.0.0.1"));
    assertThat(left).extracting(AddressBlock::toString).containsExactly("10.0.0.0", "10.0.0.2/31");
    assertThat(block("127.0.0.0/8").without(block("127.0.0.1")))
        .hasSize(24)
        .noneMatch(part -> part.covers(block("127.0.0.1")))
        .anyMatch(part -> part.covers(block("127.0.0.2")))
        .anyMatch(part -> part.covers(block("127.255.255.255")));
    assertThat(block("10.0.0.0/8").without(block("11.0.0.0/8"))).hasSize(1);
    assertThat(block("10.0.0.0/8").without(block("0.0.0.0/0"))).isEqualTo(List.of());
    assertThat(block("10.0.0.0/8").without(block("::/0"))).hasSize(1);
  }

  private static AddressBlock block(String text) {
    return AddressBlock.parse(text).orElseThrow();
  }
}
