package dev.freehold.os;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The words of nftables that hold jails: one table, replaced whole. They stand in the path of what
/// this machine sends, and look only at what jailed users begin: what answers somebody passes, so
/// no connection has to be remembered.
///
/// A connection is judged by the address it really goes to, so names, redirects, odd spellings,
/// `0.0.0.0` and IPv4-mapped addresses need no rule of their own.
///
/// @param table the table's name
/// @param first the first number of jailed users
/// @param last the last one
/// @param groups what each group may reach, by the first of its users
/// @param nameservers where this machine asks for names
record FirewallRules(
    String table, int first, int last, Map<Integer, Reach> groups, List<AddressBlock> nameservers) {
  /// This machine's own public addresses stay open here, for its web sites.
  private static final String WEB = "{ 80, 443 }";

  /// The whole file for `nft -f`.
  String text() {
    return """
    table inet %1$s
    delete table inet %1$s
    table inet %1$s {
      chain output {
        type filter hook output priority filter; policy accept;
        meta skuid %2$d-%3$d goto jailed
      }
      chain jailed {
        tcp flags & (syn | ack) != syn accept
    %4$s%5$s%6$s%7$s    tcp dport %8$s accept
        fib daddr type { local, broadcast, anycast, multicast } goto refused
      }
      chain refused {
        meta l4proto tcp reject with tcp reset
        reject with icmpx type admin-prohibited
      }
    %9$s}
    """
        .formatted(
            table,
            first,
            last,
            jumps(),
            names(),
            closed("ip", Reach.CLOSED.stream().filter(AddressBlock::isFour)),
            closed(
                "ip6",
                Stream.concat(
                    Reach.CLOSED.stream().filter(block -> !block.isFour()),
                    Reach.closedBehindGateway())),
            WEB,
            chains());
  }

  /// The words that take the table away, whether or not it is there.
  String removal() {
    return "table inet %1$s\ndelete table inet %1$s\n".formatted(table);
  }

  private String jumps() {
    if (groups.isEmpty()) {
      return "";
    }
    var all =
        groups.keySet().stream()
            .sorted()
            .map(user ->
                "%d-%d : jump group_%d"
                    .formatted(user, user + JailUsers.PER_GROUP - 1, user - first));
    return "    meta skuid vmap { " + all.collect(Collectors.joining(", ")) + " }\n";
  }

  private String names() {
    var all = new StringBuilder();
    for (var server : nameservers) {
      all.append(
          "    %s daddr %s meta l4proto { tcp, udp } th dport 53 accept\n"
              .formatted(family(server), server));
    }
    return all.toString();
  }

  private static String closed(String family, Stream<AddressBlock> blocks) {
    var all = blocks.map(AddressBlock::toString).collect(Collectors.joining(", "));
    return "    %s daddr { %s } goto refused\n".formatted(family, all);
  }

  private String chains() {
    var all = new StringBuilder();
    groups.forEach((user, reach) -> {
      all.append("  chain group_").append(user - first).append(" {\n");
      if (!reach.ports().isEmpty()) {
        var ports =
            new TreeSet<>(reach.ports())
                .stream().map(Object::toString).collect(Collectors.joining(", "));
        all.append("    ip daddr 127.0.0.1 tcp dport { ").append(ports).append(" } accept\n");
        all.append("    ip6 daddr ::1 tcp dport { ").append(ports).append(" } accept\n");
      }
      for (var metadata : reach.openings().isEmpty() ? List.<AddressBlock>of() : Reach.METADATA) {
        all.append("    %s daddr %s goto refused\n".formatted(family(metadata), metadata));
      }
      for (var open : reach.openings()) {
        all.append(
            String.format(
                Locale.ROOT,
                "    %s daddr %s %saccept\n",
                family(open.block()),
                open.block(),
                open.port() == 0 ? "" : "meta l4proto { tcp, udp } th dport " + open.port() + " "));
      }
      all.append("  }\n");
    });
    return all.toString();
  }

  private static String family(AddressBlock block) {
    return block.isFour() ? "ip" : "ip6";
  }
}
