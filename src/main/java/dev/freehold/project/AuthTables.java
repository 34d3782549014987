package dev.freehold.project;

import dev.freehold.problem.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.toml.TomlMapper;

/// The `[auth]` part of a Supabase project's `config.toml` as nested tables, with the files that
/// its mail templates name read in. `env(NAME)` stays as it is.
public final class AuthTables {
  private static final String CONTENT_PATH = "content_path";
  private static final String CONTENT = "content";
  private static final List<String> MAILS = List.of("template", "notification");
  private static final TypeReference<LinkedHashMap<String, Object>> TABLE =
      new TypeReference<>() {};

  /// A longer template is refused.
  public static final int MAX_TEMPLATE_CHARS = 256 * 1024;

  private AuthTables() {}

  /// @param toml what stands in the file
  /// @param name what the file is called, for messages
  /// @param files the text of a file by its path from the project's folder, `supabase/…`
  /// @throws dev.freehold.problem.ProblemException `auth-configuration-invalid` when it is no TOML,
  ///   or a template it names is missing or too long
  public static Map<String, Object> read(
      String toml, String name, Function<String, Optional<String>> files) {
    Map<String, Object> auth;
    try {
      auth = table(new TomlMapper().readValue(toml, TABLE).get("auth"));
    } catch (JacksonException e) {
      throw Problem.of("auth-configuration-invalid", name + " is no TOML")
          .detail(String.valueOf(e.getOriginalMessage()))
          .hint("nothing was changed; correct the file and try again")
          .raise(e);
    }
    for (var kind : MAILS) {
      table(table(auth.get("email")).get(kind))
          .forEach((mail, value) -> readContent(files, name, mail, table(value)));
    }
    return auth;
  }

  private static void readContent(
      Function<String, Optional<String>> files,
      String name,
      String mail,
      Map<String, Object> table) {
    if (!(table.get(CONTENT_PATH) instanceof String path) || path.isEmpty()) {
      return;
    }
    // The Supabase CLI takes paths from the project's folder; older ones from supabase/.
    var plain = path.replaceFirst("^(\\./)+", "");
    var content = files.apply(plain).or(() -> files.apply("supabase/" + plain));
    if (content.isEmpty() || content.get().length() > MAX_TEMPLATE_CHARS) {
      throw Problem.of(
              "auth-configuration-invalid", "the template of the mail “" + mail + "” is not there")
          .detail(name + " names " + path)
          .hint(
              "a template is a file of the project, at most " + MAX_TEMPLATE_CHARS + " characters")
          .raise();
    }
    table.put(CONTENT, content.get());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> table(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : new LinkedHashMap<>();
  }
}
