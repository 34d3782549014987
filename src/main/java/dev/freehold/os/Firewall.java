package dev.freehold.os;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Holds what jailed processes may reach on the network: the kernel's nftables, told by the `nft`
/// program, by the numbers of their OS users. Each data folder has one table of its own.
///
/// From the start on all jailed users reach the public internet and nothing else; each group gets
/// what it may reach besides. A server that was killed leaves its table: it concerns nobody but
/// users of its own block, and the next start replaces it.
///
/// Where we are not root, or `nft` does not work, nothing is held here, and [#warning] says so.
public final class Firewall implements AutoCloseable {
  private static final String TABLE = "freehold_";
  private static final Path RESOLVER = Path.of("/etc/resolv.conf");
  private static final int MOST_NAMESERVERS = 8;

  private final Path file;
  private final JailUsers users;
  private final Optional<String> warning;
  private final Map<String, Reach> groups = new HashMap<>();

  /// One at a time tells the kernel, so that what was meant last is what holds.
  private final ReentrantLock telling = new ReentrantLock();

  private String told = "";

  private Firewall(Path folder) {
    boolean root = OsUser.weAreRoot();
    this.file = folder.resolve("firewall.nft");
    this.users = JailUsers.of(folder.resolve("jail-users"), root ? taken() : block -> false);
    this.warning =
        root
            ? refusal(rules().text())
                .map(why ->
                    "nftables is not usable here, so apps' servers and functions can reach this"
                        + " machine's own ports and private networks. Install it: apt-get install"
                        + " nftables ("
                        + why
                        + ")")
            : Optional.of(
                "Freehold does not run as root, so apps' servers can reach this machine's own"
                    + " ports and private networks, and functions its ports on 127.0.0.1.");
  }

  /// Closes everything that jailed users must not reach.
  ///
  /// @param folder where the server keeps its own state
  public static Firewall open(Path folder) {
    return new Firewall(folder);
  }

  /// What the owner must know when the network of jails is not held.
  public Optional<String> warning() {
    return warning;
  }

  /// The OS user of one jail, the same one for the same name. When we are not root the answer is
  /// the account we run as.
  public OsUser user(String group, String name) {
    return OsUser.numbered("app", users.number(group, name));
  }

  /// Lets a group's jails reach that, from now on, and nothing else that is closed. Costs nothing
  /// when it is so already.
  ///
  /// @throws dev.freehold.problem.ProblemException `firewall-refused`: what held until now holds
  public void reach(String group, Reach reach) {
    telling.lock();
    try {
      groups.put(group, reach);
      tell();
    } finally {
      telling.unlock();
    }
  }

  /// The group's jails are gone.
  public void forget(String group) {
    telling.lock();
    try {
      if (groups.remove(group) != null) {
        tell();
      }
      users.forget(group);
    } finally {
      telling.unlock();
    }
  }

  /// Takes note of this machine's name servers when they have changed; to be called now and then.
  public void step() {
    telling.lock();
    try {
      tell();
    } finally {
      telling.unlock();
    }
  }

  @Override
  public void close() {
    if (warning.isEmpty()) {
      var unused = refusal(rules().removal());
    }
  }

  private void tell() {
    var text = warning.isEmpty() ? rules().text() : "";
    if (text.equals(told)) {
      return;
    }
    var why = refusal(text);
    if (why.isPresent()) {
      throw Problem.of("firewall-refused", "nftables refused the rules of apps' networks")
          .detail(why.get())
          .hint("the rules are in " + file + "; try them: nft -c -f " + file)
          .raise();
    }
    told = text;
  }

  private FirewallRules rules() {
    var reach = new TreeMap<Integer, Reach>();
    groups.forEach((group, what) -> reach.put(users.first(group), what));
    return new FirewallRules(
        TABLE + users.block(), users.first(), users.last(), reach, nameservers());
  }

  /// Tells the kernel; it takes all of it, or nothing.
  private Optional<String> refusal(String text) {
    DurableFiles.writeSecret(file, text.getBytes(StandardCharsets.US_ASCII));
    try {
      var outcome = Commands.run(Command.of("nft", "-f", file.toString()));
      return outcome.ok() ? Optional.empty() : Optional.of(outcome.lastWords());
    } catch (dev.freehold.problem.ProblemException e) {
      return Optional.of(e.problem().message());
    }
  }

  private static java.util.function.IntPredicate taken() {
    try {
      var tables = Commands.run(Command.of("nft", "list", "tables")).out().lines().toList();
      return block -> tables.contains("table inet " + TABLE + block);
    } catch (dev.freehold.problem.ProblemException e) {
      return block -> false;
    }
  }

  private static List<AddressBlock> nameservers() {
    try (Stream<String> lines = Files.lines(RESOLVER)) {
      return lines
          .map(line -> line.strip().split("\\s+"))
          .filter(words -> words.length > 1 && words[0].equals("nameserver"))
          .flatMap(words -> AddressBlock.parse(words[1].replaceFirst("%.*", "")).stream())
          .distinct()
          .limit(MOST_NAMESERVERS)
          .toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // Without the file names are asked of nobody.
    }
  }
}
