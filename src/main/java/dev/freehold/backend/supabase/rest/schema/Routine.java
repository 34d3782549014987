package dev.freehold.backend.supabase.rest.schema;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A function that can be called.
///
/// @param comment empty when it has none
/// @param scalar its result is one value rather than a row
/// @param set it returns any number of results
/// @param returnsRow the relation whose rows it returns, when there is one
/// @param readOnly stable or immutable
public record Routine(
    QualifiedName name,
    String comment,
    List<Parameter> parameters,
    boolean scalar,
    boolean set,
    boolean returnsVoid,
    Optional<QualifiedName> returnsRow,
    boolean readOnly,
    List<Setting> hoisted) {

  /// An input parameter.
  ///
  /// @param name empty when it has none
  /// @param type without length, as `format_type` prints it
  /// @param required it has no default
  public record Parameter(String name, String type, boolean required, boolean variadic) {

    /// Its type without the length of one that has such: `bit` alone would mean a single one.
    public String anyLength() {
      return switch (type) {
        case "bit" -> "bit varying";
        case "bit[]" -> "bit varying[]";
        case "character" -> "character varying";
        case "character[]" -> "character varying[]";
        default -> type;
      };
    }
  }

  /// A setting the function brings, which may be given to the whole transaction.
  public record Setting(String name, String value) {}

  public String signature() {
    return name
        + parameters.stream()
            .map(p -> p.name() + " => " + p.type())
            .collect(Collectors.joining(", ", "(", ")"));
  }
}
