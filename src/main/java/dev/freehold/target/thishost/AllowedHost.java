package dev.freehold.target.thishost;

import dev.freehold.os.AddressBlock;
import dev.freehold.os.Reach;
import dev.freehold.problem.Problem;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// A host that an owner opens to an App's code: a name, an address or a range, with a port or with
/// all of them.
///
/// @param host a name, or what [AddressBlock] reads
/// @param port 0 for every port
record AllowedHost(String host, int port) {
  private static final int MAX_PORT = 65_535;
  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\\.[a-z0-9_][a-z0-9_-]{0,62})*");
  private static final Pattern WORDS =
      Pattern.compile("(?:\\[([0-9a-f:.]+)]|([^:\\[\\]]+))(?::(\\d{1,5}))?");

  /// @throws dev.freehold.problem.ProblemException `host-invalid`, or `host-closed` for what is
  ///   never opened
  static AllowedHost parse(String text) {
    var low = text.strip().toLowerCase(Locale.ROOT);
    var words = WORDS.matcher(low);
    if (AddressBlock.parse(low).isPresent()) {
      return checked(text, low, 0);
    }
    if (!words.matches()) {
      throw invalid(text);
    }
    var host = words.group(1) == null ? words.group(2) : words.group(1);
    int port = words.group(3) == null ? 0 : Integer.parseInt(words.group(3));
    if (port > MAX_PORT || (words.group(3) != null && port == 0)) {
      throw invalid(text);
    }
    return checked(text, host, port);
  }

  private static AllowedHost checked(String text, String host, int port) {
    var block = AddressBlock.parse(host);
    if (block.isEmpty() && (!NAME.matcher(host).matches() || host.matches("[0-9.x]+"))) {
      throw invalid(text);
    }
    if (block.isPresent() && Reach.METADATA.stream().anyMatch(m -> m.covers(block.get()))) {
      throw Problem.of("host-closed", text + " is where clouds hand out a machine's credentials")
          .hint("no app is let there; give it a key of its own as a secret")
          .raise();
    }
    boolean loopback =
        host.equals("localhost")
            || host.endsWith(".localhost")
            || block.stream().anyMatch(b -> b.address().isLoopbackAddress());
    if (loopback && port == 0) {
      throw Problem.of("host-invalid", text + " is this machine, and names no port")
          .hint("open one program of this machine: " + host + ":11434")
          .raise();
    }
    return new AllowedHost(block.map(AddressBlock::toString).orElse(host), port);
  }

  /// What it means now. A name that leads nowhere opens nothing.
  List<Reach.Opening> openings() {
    var block = AddressBlock.parse(host);
    if (block.isPresent()) {
      return List.of(new Reach.Opening(block.get(), port));
    }
    try {
      return Arrays.stream(InetAddress.getAllByName(host))
          .map(address -> new Reach.Opening(AddressBlock.of(address), port))
          .toList();
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  @Override
  public String toString() {
    var shown = host.indexOf(':') >= 0 && port > 0 ? "[" + host + "]" : host;
    return port == 0 ? shown : shown + ":" + port;
  }

  private static RuntimeException invalid(String text) {
    return Problem.of("host-invalid", "“" + text + "” is no host")
        .hint("write db.internal:5432, 10.0.0.5, 10.0.0.0/8 or [fd00::5]:5432")
        .raise();
  }
}
