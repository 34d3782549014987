package dev.freehold.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.TempFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What jailed users reach with the real nftables: jails that connect to programs of this machine.
/// Runs as root, as on a server.
class FirewallTest {
  private static final Jail.Limits LIMITS = new Jail.Limits(256L << 20, 64, 1, 1 << 20);
  private static final Reach NOTHING = new Reach(Set.of(), Set.of());

  private final Path folder = TempFolder.create("freehold-firewall");
  private ServerSocket program;
  private ServerSocket other;

  @BeforeEach
  void listen() throws IOException {
    program = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    other = new ServerSocket(0, 50, InetAddress.ofLiteral("::"));
  }

  @AfterEach
  void close() throws IOException {
    program.close();
    other.close();
    DurableFiles.deleteTree(folder);
  }

  @Test
  void aGroupReachesWhatWasOpenedForItAndNoOtherDoes() {
    try (var firewall = open("a")) {
      assertThat(firewall.warning()).isEmpty();
      firewall.reach("shop", new Reach(Set.of(program.getLocalPort()), Set.of()));
      firewall.reach("other", NOTHING);
      var shop = firewall.user("shop", "app");
      assertThat(connects(shop, "127.0.0.1", program)).isTrue();
      for (var address : List.of("127.0.0.1", "::1", "127.9.9.9", "0.0.0.0", "localhost")) {
        assertThat(connects(shop, address, other)).as(address).isFalse();
      }
      assertThat(connects(firewall.user("shop", "function"), "127.0.0.1", program)).isTrue();
      assertThat(connects(firewall.user("other", "app"), "127.0.0.1", program)).isFalse();
      assertThat(connects(firewall.user("unheard of", "app"), "127.0.0.1", program)).isFalse();

      firewall.reach("shop", NOTHING);
      assertThat(connects(shop, "127.0.0.1", program)).isFalse();
      firewall.reach("shop", new Reach(Set.of(), Set.of(opening("127.0.0.0/8", program))));
      assertThat(connects(shop, "127.0.0.1", program)).isTrue();
      assertThat(connects(shop, "127.0.0.1", other)).isFalse();
      firewall.forget("shop");
      assertThat(connects(shop, "127.0.0.1", program)).isFalse();
      assertThat(connects(OsUser.numbered("anybody", 61_234), "127.0.0.1", program)).isTrue();
    }
  }

  @Test
  void serversOfOneMachineDoNotMeddleAndLeaveNothing() throws IOException {
    var first = open("a");
    var second = open("b");
    var reach = new Reach(Set.of(program.getLocalPort()), Set.of());
    first.reach("shop", reach);
    second.reach("shop", reach);
    assertThat(connects(first.user("shop", "app"), "127.0.0.1", program)).isTrue();
    assertThat(connects(second.user("shop", "app"), "127.0.0.1", program)).isTrue();

    // It is killed, and started again in the same folder.
    var again = open("a");
    assertThat(connects(again.user("shop", "app"), "127.0.0.1", program)).isFalse();
    again.reach("shop", reach);
    assertThat(connects(again.user("shop", "app"), "127.0.0.1", program)).isTrue();
    again.close();
    assertThat(connects(second.user("shop", "app"), "127.0.0.1", program)).isTrue();
    assertThat(connects(second.user("shop", "app"), "127.0.0.1", other)).isFalse();

    Files.createDirectories(folder.resolve("copy"));
    Files.copy(folder.resolve("b/jail-users"), folder.resolve("copy/jail-users"));
    try (var copy = open("copy")) {
      assertThat(copy.user("shop", "app").uid()).isNotEqualTo(second.user("shop", "app").uid());
    }
    second.close();
    var tables = Commands.run(Command.of("nft", "list", "tables")).out();
    for (var name : List.of("a", "b", "copy")) {
      var block = Files.readAllLines(folder.resolve(name).resolve("jail-users")).getFirst();
      assertThat(tables.lines()).doesNotContain("table inet freehold_" + block);
    }
  }

  @Test
  void eachJailHasAUserOfItsOwnAndKeepsIt() {
    try (var firewall = open("a")) {
      var app = firewall.user("shop", "app").uid();
      assertThat(firewall.user("shop", "function mail").uid()).isEqualTo(app + 1);
      assertThat(firewall.user("shop", "app").uid()).isEqualTo(app);
      assertThat(firewall.user("other", "app").uid()).isEqualTo(app + JailUsers.PER_GROUP);
      for (int i = 0; i < JailUsers.PER_GROUP * 2; i++) {
        assertThat(firewall.user("shop", "function " + i).uid())
            .isBetween(app, app + JailUsers.PER_GROUP - 1);
      }
    }
  }

  private static Reach.Opening opening(String block, ServerSocket socket) {
    return new Reach.Opening(AddressBlock.parse(block).orElseThrow(), socket.getLocalPort());
  }

  private Firewall open(String name) {
    return Firewall.open(DurableFiles.folder(folder.resolve(name)));
  }

  private static boolean connects(OsUser user, String host, ServerSocket socket) {
    var path = "/dev/tcp/" + host + "/" + socket.getLocalPort();
    return Commands.run(
            Command.of("bash", "-c", "exec 3<>" + path)
                .within(Duration.ofSeconds(10))
                .inside(new Jail(user, List.of(), true, LIMITS)))
        .ok();
  }
}
