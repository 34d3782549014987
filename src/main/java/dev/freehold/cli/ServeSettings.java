package dev.freehold.cli;

import java.nio.file.Path;
import java.util.Optional;

/// How the server is to run, as typed.
///
/// @param port the port apps are served on; 4280 or the next free one when not given
/// @param listen the address to listen on; 127.0.0.1 when not given
/// @param postgresBin PostgreSQL's programs; the embedded ones when not given
public record ServeSettings(
    Path data, Optional<Integer> port, Optional<String> listen, Optional<Path> postgresBin) {}
