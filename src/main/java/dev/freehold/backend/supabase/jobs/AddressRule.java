package dev.freehold.backend.supabase.jobs;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/// Which network addresses the database may ask. Whatever can write SQL, or send a row that a
/// trigger puts into an address, must not reach what trusts this machine: loopback, the machine's
/// own addresses, private networks, and where clouds hand out credentials.
///
/// @param allowed `HOST:PORT` that the owner lets pass all the same
record AddressRule(Set<String> allowed) {
  /// Azure's and Oracle's services for the machine itself, which lie outside the link-local range.
  private static final Set<String> CLOUD = Set.of("168.63.129.16", "192.0.0.192");

  private static final int LAST_UNICAST = 0xdf;

  boolean lets(String host, int port) {
    return allowed.contains(host + ":" + port);
  }

  /// Why the address may not be asked; empty when it may.
  static Optional<String> refusal(InetAddress address) {
    var inner = embedded(address);
    if (inner.isPresent()) {
      return refusal(inner.get());
    }
    if (address.isLoopbackAddress() || address.isAnyLocalAddress() || isOwn(address)) {
      return Optional.of("it is this machine");
    }
    if (address.isLinkLocalAddress() || CLOUD.contains(address.getHostAddress())) {
      return Optional.of("it is a link-local or metadata address");
    }
    if (address.isSiteLocalAddress() || isPrivate(address.getAddress())) {
      return Optional.of("it is in a private network");
    }
    return isUnicast(address)
        ? Optional.empty()
        : Optional.of("it is no address of a single machine");
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true;
    }
  }

  /// Ranges beside RFC 1918: shared (100.64/10), benchmarks (198.18/15), IETF (192.0.0/24), 0/8,
  /// and IPv6's unique local (fc00::/7).
  private static boolean isPrivate(byte[] bytes) {
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    if (bytes.length > 4) {
      return (first & 0xfe) == 0xfc;
    }
    return first == 0
        || (first == 100 && (second & 0xc0) == 64)
        || (first == 198 && (second & 0xfe) == 18)
        || (first == 192 && second == 0 && bytes[2] == 0);
  }

  private static boolean isUnicast(InetAddress address) {
    return switch (address) {
      case Inet4Address four -> (four.getAddress()[0] & 0xff) <= LAST_UNICAST;
      default -> !address.isMulticastAddress();
    };
  }

  /// The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64, 6to4. A Teredo
  /// address leads to nobody knows where and counts as loopback.
  private static Optional<InetAddress> embedded(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return Optional.empty();
    }
    var bytes = address.getAddress();
    boolean zeros = true;
    for (int i = 0; i < 10; i++) {
      zeros &= bytes[i] == 0;
    }
    boolean mapped = zeros && ((bytes[10] & bytes[11]) == -1 || (bytes[10] | bytes[11]) == 0);
    boolean nat64 =
        bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
    if ((mapped && !address.isLoopbackAddress() && !address.isAnyLocalAddress()) || nat64) {
      return four(bytes, 12);
    }
    if (bytes[0] == 0x20 && bytes[1] == 0x02) {
      return four(bytes, 2);
    }
    boolean teredo = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0 && bytes[3] == 0;
    return teredo ? Optional.of(InetAddress.getLoopbackAddress()) : Optional.empty();
  }

  private static Optional<InetAddress> four(byte[] bytes, int from) {
    try {
      return Optional.of(InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
