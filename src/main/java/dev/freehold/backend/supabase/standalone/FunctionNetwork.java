package dev.freehold.backend.supabase.standalone;

import dev.freehold.os.AddressBlock;
import dev.freehold.os.Firewall;
import dev.freehold.os.OsUser;
import dev.freehold.os.Reach;
import dev.freehold.postgres.Database;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;

/// What the functions of a `freehold backend` may reach beside the public internet: this server and
/// its database.
final class FunctionNetwork implements AutoCloseable {
  private static final String GROUP = "backend/local";

  private final Firewall firewall;
  private final Database database;
  private final IntSupplier port;

  /// @param port where this server listens, once it does
  FunctionNetwork(Path folder, Database database, IntSupplier port) {
    this.firewall = Firewall.open(folder);
    this.database = database;
    this.port = port;
  }

  /// What the owner must know when it is not held here.
  Optional<String> warning() {
    return firewall.warning();
  }

  OsUser user(String function) {
    return firewall.user(GROUP, "function " + function);
  }

  /// What holds from now on.
  Reach reach() {
    var ports = new HashSet<>(Set.of(port.getAsInt()));
    var openings = new HashSet<Reach.Opening>();
    if (database.onSocket()) {
      ports.add(database.port());
    } else {
      for (var address : addresses(database.host())) {
        if (address.isLoopbackAddress()) {
          ports.add(database.port());
        } else {
          openings.add(new Reach.Opening(AddressBlock.of(address), database.port()));
        }
      }
    }
    var reach = new Reach(ports, openings);
    firewall.reach(GROUP, reach);
    return reach;
  }

  private static InetAddress[] addresses(String host) {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      return new InetAddress[0]; // Then nobody gets there.
    }
  }

  @Override
  public void close() {
    firewall.close();
  }
}
