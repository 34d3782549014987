package dev.freehold.edge;

/// How the end of a replaced route went.
///
/// @param routeId whose route it was
/// @param release the release that no longer gets requests
/// @param cut requests that were still running when the time was up, and were cut
public record Drained(String routeId, int release, int cut) {}
