package dev.freehold.cli;

import picocli.CommandLine.IVersionProvider;

/// The program's own version, as its jar states it.
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"freehold " + text()};
  }

  public static String text() {
    var stated = Version.class.getPackage().getImplementationVersion();
    return stated == null ? "development" : stated;
  }
}
