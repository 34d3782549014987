package dev.freehold.client;

import java.util.ArrayList;
import java.util.List;

/// The JVM's settings for the server: a small heap, the serial collector and compact headers, as
/// docs/decisions/jvm.md found best for a small host.
final class ServerFlags {
  private ServerFlags() {}

  static List<String> jvm() {
    var flags =
        new ArrayList<>(
            List.of(
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Xms24m",
                "-Xmx256m",
                "-Xss512k",
                "-XX:MaxMetaspaceSize=160m",
                "-XX:ReservedCodeCacheSize=64m",
                "-XX:MaxDirectMemorySize=96m",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.tryReflectionSetAccessible=false"));
    var cache = System.getProperty("freehold.aot");
    if (cache != null) {
      flags.add("-XX:AOTCache=" + cache);
      flags.add("-Dfreehold.aot=" + cache);
      flags.add("-Xlog:aot=off");
      flags.add("-Xlog:cds=off");
    }
    return flags;
  }
}
