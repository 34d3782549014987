package dev.freehold.project;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/// `config.toml` as a tree of tables.
final class ConfigTables {
  private ConfigTables() {}

  /// Nothing for a file that is no TOML: those who read more of it say what is wrong.
  static JsonNode read(String toml) {
    var mapper = new TomlMapper();
    try {
      return mapper.readTree(toml);
    } catch (JacksonException e) {
      return mapper.createObjectNode();
    }
  }
}
