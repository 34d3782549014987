package dev.freehold.cluster;

import java.util.OptionalLong;

/// How a [Cluster] is right now.
///
/// @param pid the server's process, when it runs
/// @param port its loopback TCP port
/// @param version the engine's version
/// @param dataBytes what the data folder takes on disk, with the write-ahead log
/// @param memoryBytes resident memory of the server and its children, shared pages divided among
///   those who share them. 0 when it does not run or we may not look
public record ClusterStatus(
    OptionalLong pid, int port, String version, long dataBytes, long memoryBytes) {
  public boolean running() {
    return pid.isPresent();
  }
}
