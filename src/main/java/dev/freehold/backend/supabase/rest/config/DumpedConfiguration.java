package dev.freehold.backend.supabase.rest.config;

/// A configuration as text, every option with its value in force; it can be read again.
public final class DumpedConfiguration {
  private DumpedConfiguration() {}

  /// It holds secrets: `db-uri` and `jwt-secret` are shown as they are.
  public static String of(Configuration configuration) {
    var out = new StringBuilder();
    for (var option : ConfigOption.values()) {
      var value = configuration.text(option);
      out.append(option.word()).append(" = ").append(shown(configuration, option, value));
      out.append('\n');
    }
    configuration
        .appSettings()
        .forEach(
            (name, value) -> out.append(name).append(" = ").append(quoted(value)).append('\n'));
    return out.toString();
  }

  private static String shown(Configuration configuration, ConfigOption option, String value) {
    return switch (option.kind()) {
      case FLAG -> value;
      case NUMBER -> value.isEmpty() ? "\"\"" : value;
      case LIST -> quoted(String.join(",", configuration.list(option)));
      case TEXT ->
          quoted(
              option == ConfigOption.JWT_ROLE_CLAIM_KEY
                  ? RoleClaimPath.parse(value).map(RoleClaimPath::toString).orElse(value)
                  : value);
    };
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\"", "\\\"") + "\"";
  }
}
