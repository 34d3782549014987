package dev.freehold.edge;

/// A process that answers HTTP/1.1 for an app.
///
/// @param host an address, usually a loopback one
public record Upstream(String host, int port) {}
