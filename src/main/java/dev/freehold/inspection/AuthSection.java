package dev.freehold.inspection;

import dev.freehold.export.Export;
import dev.freehold.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.toml.TomlMapper;

/// What an Export says about sign-in: the `[auth]` part of `supabase/config.toml`, with the files
/// that its templates name read in. `env(NAME)` stays as it is.
public final class AuthSection {
  private static final String CONFIG = "supabase/config.toml";
  private static final String CONTENT_PATH = "content_path";
  private static final String CONTENT = "content";
  private static final TypeReference<LinkedHashMap<String, Object>> TABLE =
      new TypeReference<>() {};

  /// A longer template is refused.
  private static final int MAX_TEMPLATE_CHARS = 256 * 1024;

  private AuthSection() {}

  /// The section as nested tables; empty when there is none.
  ///
  /// @throws dev.freehold.problem.ProblemException `auth-configuration-invalid` when the file is no
  ///   TOML, or a template it names is missing or too long
  public static Map<String, Object> read(Export export) {
    var sources = new Sources(export.root());
    var text = sources.text(CONFIG);
    if (text.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> auth;
    try {
      auth = table(new TomlMapper().readValue(text.get(), TABLE).get("auth"));
    } catch (JacksonException e) {
      throw Problem.of("auth-configuration-invalid", CONFIG + " is no TOML")
          .detail(String.valueOf(e.getOriginalMessage()))
          .hint("nothing was changed; correct the file and deploy again")
          .raise(e);
    }
    for (var kind : new String[] {"template", "notification"}) {
      var mails = table(table(auth.get("email")).get(kind));
      mails.forEach((name, mail) -> readContent(sources, name, table(mail)));
    }
    return auth;
  }

  private static void readContent(Sources sources, String name, Map<String, Object> mail) {
    if (!(mail.get(CONTENT_PATH) instanceof String path) || path.isEmpty()) {
      return;
    }
    // The Supabase CLI takes paths from the project's folder; older ones from supabase/.
    var plain = path.replaceFirst("^(\\./)+", "");
    var content = sources.text(plain).or(() -> sources.text("supabase/" + plain));
    if (content.isEmpty() || content.get().length() > MAX_TEMPLATE_CHARS) {
      throw Problem.of(
              "auth-configuration-invalid", "the template of the mail “" + name + "” is not there")
          .detail(CONFIG + " names " + path)
          .hint("a template is a file of the export, at most " + MAX_TEMPLATE_CHARS + " characters")
          .raise();
    }
    mail.put(CONTENT, content.get());
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> table(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : new LinkedHashMap<>();
  }
}
