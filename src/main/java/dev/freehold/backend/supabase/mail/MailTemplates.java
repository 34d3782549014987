package dev.freehold.backend.supabase.mail;

import dev.freehold.backend.supabase.auth.AuthMail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The templates of one App: its own where it has some that can be read, ours for all others.
public final class MailTemplates {
  /// What an App says about one mail; empty where ours is to stay.
  ///
  /// @param subject a template of one line
  /// @param body a template of HTML
  public record Own(String subject, String body) {}

  private record Parsed(GoTemplate subject, GoTemplate body) {}

  private final Map<String, Parsed> templates;
  private final List<String> refused;

  private MailTemplates(Map<String, Parsed> templates, List<String> refused) {
    this.templates = Map.copyOf(templates);
    this.refused = List.copyOf(refused);
  }

  /// Ours alone.
  public static MailTemplates usual() {
    return with(Map.of());
  }

  /// Ours with an App's own over them. One that cannot be read is left out and named by [#refused].
  ///
  /// @param own by the names of `supabase/config.toml`: `confirmation`, `invite`, `magic_link`,
  ///   `recovery`, `email_change`, `reauthentication`, `password_changed`, …
  public static MailTemplates with(Map<String, Own> own) {
    var templates = new LinkedHashMap<String, Parsed>();
    var refused = new ArrayList<String>();
    own.forEach((name, words) -> {
      if (!DefaultTemplates.isKnown(name)) {
        refused.add(name + ": there is no such mail");
        return;
      }
      var usual = DefaultTemplates.of(name);
      try {
        templates.put(
            name,
            new Parsed(
                GoTemplate.parse(words.subject().isEmpty() ? usual.subject() : words.subject()),
                GoTemplate.parse(words.body().isEmpty() ? usual.body() : words.body())));
      } catch (IllegalArgumentException e) {
        refused.add(name + ": " + e.getMessage());
      }
    });
    return new MailTemplates(templates, refused);
  }

  /// Templates that are not used, and why, a sentence each.
  public List<String> refused() {
    return refused;
  }

  Letter letter(AuthMail mail) {
    var name = name(mail.action());
    var own = templates.get(name);
    if (own == null) {
      var usual = DefaultTemplates.of(name);
      own = new Parsed(GoTemplate.parse(usual.subject()), GoTemplate.parse(usual.body()));
    }
    var subject = new StringBuilder();
    own.subject().render(mail.variables(), new PlainOutput(subject));
    var html = new HtmlOutput();
    own.body().render(mail.variables(), html);
    return new Letter(subject.toString(), html.html(), PlainText.of(html.html()));
  }

  /// A subject is no HTML: values stand in it as they are.
  private record PlainOutput(StringBuilder into) implements GoTemplate.Output {
    @Override
    public void text(String text) {
      into.append(text);
    }

    @Override
    public void value(String value) {
      into.append(value);
    }
  }

  private static String name(String action) {
    return switch (action) {
      case "signup" -> "confirmation";
      case "magiclink" -> "magic_link";
      default -> action.replaceFirst("_notification$", "");
    };
  }
}
