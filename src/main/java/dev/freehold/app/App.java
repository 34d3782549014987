package dev.freehold.app;

import java.time.Instant;
import java.util.List;

/// One application the Owner runs.
///
/// @param origin where its first Export came from, as the operator typed it
public record App(
    AppName name, String origin, Instant createdAt, String createdBy, List<Environment> all) {}
