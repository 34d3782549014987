package dev.freehold.secret;

import java.time.Instant;

/// That a secret exists; never its value.
///
/// @param version counts up with every change of the value, from 1
public record Secret(String name, int version, Instant setAt, String setBy) {}
