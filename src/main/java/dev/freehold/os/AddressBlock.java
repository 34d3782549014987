package dev.freehold.os;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A range of network addresses, written as `10.0.0.0/8`: an address, and how many of its leading
/// bits all of the range have in common. Bits after those are zero.
public record AddressBlock(InetAddress address, int bits) {
  private static final int BYTE_BITS = 8;

  public AddressBlock {
    var bytes = address.getAddress();
    if (bits < 0 || bits > bytes.length * BYTE_BITS) {
      throw new IllegalArgumentException(address.getHostAddress() + " has no " + bits + " bits");
    }
    for (int bit = bits; bit < bytes.length * BYTE_BITS; bit++) {
      bytes[bit / BYTE_BITS] &= (byte) ~mask(bit);
    }
    address = address(bytes);
  }

  /// The block of one address.
  public static AddressBlock of(InetAddress address) {
    return new AddressBlock(address, address.getAddress().length * BYTE_BITS);
  }

  /// Reads an address, or an address with `/` and a number of bits; empty for everything else, host
  /// names included. An IPv4-mapped address is the IPv4 address.
  public static Optional<AddressBlock> parse(String text) {
    int slash = text.indexOf('/');
    var number = slash < 0 ? text : text.substring(0, slash);
    // The last pattern: what looks like a decimal or short address is a trick, or a mistake.
    if (number.indexOf('%') >= 0
        || (number.indexOf(':') < 0 && !number.matches("\\d{1,3}(\\.\\d{1,3}){3}"))) {
      return Optional.empty();
    }
    try {
      var one = of(InetAddress.ofLiteral(number));
      return Optional.of(
          slash < 0
              ? one
              : new AddressBlock(one.address(), Integer.parseInt(text.substring(slash + 1))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  public boolean isFour() {
    return address instanceof Inet4Address;
  }

  public boolean covers(AddressBlock other) {
    return isFour() == other.isFour()
        && bits <= other.bits
        && new AddressBlock(other.address, bits).address.equals(address);
  }

  /// What is left of this block without the other: the fewest blocks that cover it.
  public List<AddressBlock> without(AddressBlock other) {
    if (other.covers(this)) {
      return List.of();
    }
    if (!covers(other)) {
      return List.of(this);
    }
    var bytes = address.getAddress();
    bytes[bits / BYTE_BITS] |= mask(bits);
    var left = new ArrayList<>(new AddressBlock(address, bits + 1).without(other));
    left.addAll(new AddressBlock(address(bytes), bits + 1).without(other));
    return left;
  }

  /// As nftables and Deno read it: an address, or a range.
  @Override
  public String toString() {
    return address.getHostAddress()
        + (bits == address.getAddress().length * BYTE_BITS ? "" : "/" + bits);
  }

  private static byte mask(int bit) {
    return (byte) (0x80 >> (bit % BYTE_BITS));
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
