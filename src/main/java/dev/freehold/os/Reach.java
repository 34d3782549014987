package dev.freehold.os;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What jailed processes may reach on the network beside the public internet.
///
/// @param ports TCP ports of this machine's own loopback
/// @param openings what else is open to them of what is closed
public record Reach(Set<Integer> ports, Set<Opening> openings) {
  /// What is no public address: this machine's loopback, private and shared networks, link-local
  /// addresses with the places where clouds hand out credentials, tests and benchmarks, groups and
  /// reserved numbers (IANA's registries of special-purpose addresses). `::/16` holds `::1` and the
  /// old forms of IPv4 addresses; 2002::/16 (6to4) and 2001::/32 (Teredo) lead to addresses that
  /// stand inside of them.
  public static final List<AddressBlock> CLOSED =
      Stream.concat(
              Stream.of(
                  "0.0.0.0/8",
                  "10.0.0.0/8",
                  "100.64.0.0/10",
                  "127.0.0.0/8",
                  "168.63.129.16",
                  "169.254.0.0/16",
                  "172.16.0.0/12",
                  "192.0.0.0/24",
                  "192.168.0.0/16",
                  "198.18.0.0/15",
                  "224.0.0.0/3"),
              Stream.of(
                  "::/16",
                  "64:ff9b:1::/48",
                  "2001::/32",
                  "2002::/16",
                  "fc00::/7",
                  "fe80::/10",
                  "fec0::/10",
                  "ff00::/8"))
          .map(text -> AddressBlock.parse(text).orElseThrow())
          .toList();

  /// Where clouds hand out credentials to the machine: closed whatever the owner opens.
  public static final List<AddressBlock> METADATA =
      Stream.of("169.254.0.0/16", "168.63.129.16", "192.0.0.192", "fe80::/10", "fd00:ec2::254")
          .map(text -> AddressBlock.parse(text).orElseThrow())
          .toList();

  private static final AddressBlock LOOPBACK = AddressBlock.parse("127.0.0.1").orElseThrow();

  /// Addresses that the owner opened, on one port or on all.
  ///
  /// @param port 0 for every port
  public record Opening(AddressBlock block, int port) {}

  public Reach {
    ports = Set.copyOf(ports);
    openings = Set.copyOf(openings);
  }

  /// Closed IPv4 addresses as an IPv6 network's gateway to IPv4 writes them (RFC 6052).
  static Stream<AddressBlock> closedBehindGateway() {
    return CLOSED.stream()
        .filter(AddressBlock::isFour)
        .map(block -> {
          var bytes = new byte[16];
          bytes[1] = 0x64;
          bytes[2] = (byte) 0xff;
          bytes[3] = (byte) 0x9b;
          System.arraycopy(block.address().getAddress(), 0, bytes, 12, 4);
          try {
            return new AddressBlock(InetAddress.getByAddress(bytes), 96 + block.bits());
          } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /// What a program's own rules can close that know addresses without ports, and of IPv6 no ranges
  /// (as Deno's): an address with one open port stays open whole.
  public List<String> closedWithoutPorts() {
    var open = new ArrayList<>(openings.stream().map(Opening::block).toList());
    if (!ports.isEmpty()) {
      open.add(LOOPBACK);
    }
    var closed = new ArrayList<String>();
    for (var block : CLOSED) {
      if (block.isFour()) {
        var left = List.of(block);
        for (var hole : open) {
          left = left.stream().flatMap(part -> part.without(hole).stream()).toList();
        }
        left.forEach(part -> closed.add(part.toString()));
      }
    }
    for (var text : List.of("::1", "::", "fd00:ec2::254")) {
      var one = AddressBlock.parse(text).orElseThrow();
      if (open.stream().noneMatch(hole -> hole.covers(one))) {
        closed.add("[" + text + "]");
      }
    }
    return closed;
  }
}
