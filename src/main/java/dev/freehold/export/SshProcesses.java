package dev.freehold.export;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/// Speaks SSH through the machine's own `ssh`, so that the owner's keys, agent and known hosts
/// count. It runs in batch mode: it never asks, and an unknown host is refused.
final class SshProcesses extends SshSessionFactory {
  private static final String CONNECT_TIMEOUT_SECONDS = "20";

  @Override
  public RemoteSession getSession(URIish uri, CredentialsProvider credentials, FS fs, int timeoutMs)
      throws TransportException {
    var host = Optional.ofNullable(uri.getHost()).orElse("");
    var user = Optional.ofNullable(uri.getUser()).map(u -> u + "@").orElse("");
    if (host.isEmpty() || host.startsWith("-") || user.startsWith("-")) {
      throw new TransportException("not an SSH host");
    }
    var port = uri.getPort() > 0 ? Integer.toString(uri.getPort()) : "22";
    return new Session(user + host, port);
  }

  @Override
  public String getType() {
    return "process";
  }

  /// One remote command is one process; closing it is the business of whoever reads it.
  private record Session(String destination, String port) implements RemoteSession {
    @Override
    public Process exec(String command, int timeoutSeconds) throws IOException {
      var argv =
          List.of(
              "ssh",
              "-oBatchMode=yes",
              "-oStrictHostKeyChecking=yes",
              "-oConnectTimeout=" + CONNECT_TIMEOUT_SECONDS,
              "-p",
              port,
              "--",
              destination,
              command);
      return new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    @Override
    public void disconnect() {
      // the process ends when its streams are closed
    }
  }
}
