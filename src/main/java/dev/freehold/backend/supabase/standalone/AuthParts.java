package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.supabase.auth.AuthMail;
import dev.freehold.backend.supabase.auth.AuthServer;
import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.auth.Mailer;
import dev.freehold.backend.supabase.auth.TextSender;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.backend.supabase.mail.MailFolder;
import dev.freehold.backend.supabase.mail.SmtpMailer;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.backend.supabase.project.AuthProject;
import dev.freehold.problem.ProblemException;
import dev.freehold.project.AuthTables;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a configuration means for the auth server: its options, and over them the `[auth]` part of
/// the project's `config.toml` that `auth-config` names, as the Supabase CLI's local stack reads
/// it.
final class AuthParts {
  private final BackendConfiguration configuration;
  private final AuthProject project;

  /// @throws ProblemException `backend-setting-invalid`, `auth-configuration-invalid`
  AuthParts(BackendConfiguration configuration) {
    this.configuration = configuration;
    this.project =
        new AuthProject(
            section(configuration),
            name -> Optional.ofNullable(configuration.environment().get(name)));
  }

  private static Map<String, Object> section(BackendConfiguration configuration) {
    if (!configuration.has(AUTH_CONFIG)) {
      return Map.of();
    }
    var file = Path.of(configuration.text(AUTH_CONFIG)).toAbsolutePath().normalize();
    var toml =
        text(file)
            .orElseThrow(() ->
                BackendConfiguration.invalid(AUTH_CONFIG, "the file " + file + " cannot be read")
                    .raise());
    var folder = file.getParent() == null ? file : file.getParent();
    var root = folder.getParent() == null ? folder : folder.getParent();
    return AuthTables.read(toml, file.toString(), path -> text(root.resolve(path).normalize()));
  }

  private static Optional<String> text(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= AuthTables.MAX_TEMPLATE_CHARS * 4L
          ? Optional.of(Files.readString(file))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  AuthSettings settings() {
    return project.rules().whole(AuthChoices.of(configuration));
  }

  AuthServer.Additions additions(Clock clock) {
    var external = ExternalSettings.of(project.providers());
    try {
      return new AuthServer.Additions(
          new Providers(external.withManualLinking(project.manualLinking()), clock),
          project.hooks(),
          project.notices(),
          folder().map(folder -> (TextSender) folder));
    } catch (IllegalArgumentException e) {
      throw BackendConfiguration.invalid(
              AUTH_CONFIG, "a hook cannot be used: " + String.valueOf(e.getMessage()))
          .raise(e);
    }
  }

  /// What of `auth-config` cannot be followed, a sentence each.
  List<String> complaints() {
    return project.complaints();
  }

  /// Through the mail server that is set; else into the folder; else nowhere.
  Mailer mailer(Events events) {
    var templates = project.templates();
    var smtp = configuration.has(SMTP_HOST) ? Optional.of(server()) : project.smtp();
    if (smtp.isPresent()) {
      return new SmtpMailer(smtp.get(), () -> templates);
    }
    return folder()
        .map(folder -> (Mailer) folder)
        .orElseGet(() -> mail -> events.publish(new MailDropped(mail)));
  }

  private Optional<MailFolder> folder() {
    var templates = project.templates();
    return configuration.has(MAIL_FOLDER)
        ? Optional.of(new MailFolder(Path.of(configuration.text(MAIL_FOLDER)), () -> templates))
        : Optional.empty();
  }

  private SmtpSettings server() {
    var host = configuration.text(SMTP_HOST);
    int port = configuration.number(SMTP_PORT);
    try {
      return new SmtpSettings(
          host,
          port,
          SmtpSettings.security("", host, port),
          configuration.text(SMTP_USER),
          configuration.text(SMTP_PASS),
          configuration.text(SMTP_SENDER_NAME),
          configuration.text(SMTP_ADMIN_EMAIL));
    } catch (ProblemException e) {
      throw BackendConfiguration.invalid(SMTP_HOST, e.problem().message()).raise(e);
    }
  }

  /// A mail went nowhere, because no folder is set for it.
  record MailDropped(AuthMail mail) implements Event {
    @Override
    public String describe() {
      return mail + " was not kept: neither smtp-host nor mail-folder is set";
    }
  }
}
