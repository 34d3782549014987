package dev.freehold.release;

import java.time.Instant;

/// That a Release went live: when, by whom and why.
public record Activation(String environment, int number, Instant at, String by, String why) {}
