package dev.freehold.target.thishost;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.auth.AuthServer;
import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.auth.MailFailed;
import dev.freehold.backend.supabase.auth.Mailer;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
import dev.freehold.backend.supabase.mail.AppMail;
import dev.freehold.backend.supabase.mail.KeptMail;
import dev.freehold.backend.supabase.mail.MailFolder;
import dev.freehold.backend.supabase.mail.MailTemplates;
import dev.freehold.backend.supabase.mail.SmtpMailer;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.backend.supabase.project.AuthProject;
import dev.freehold.http.Handler;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.Pool;
import dev.freehold.problem.Problem;
import dev.freehold.target.SignInUse;
import dev.freehold.telemetry.Events;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The auth server of one Environment, and what its owner may do with it: read kept mails, choose a
/// mail server, look after Users. A change makes a new auth server at once; requests under way end
/// with the old one.
public final class EnvironmentAuth implements Handler, AutoCloseable {
  /// What is in force together.
  private record InForce(AuthServer server, Mailer mailer, MailTemplates templates) {}

  private final AuthRecord record;
  private final EnvironmentProviders providers;
  private final Pool pool;
  private final EnvironmentKeys keys;
  private final String publicUrl;
  private final MailFolder folder;
  private final Clock clock;
  private final Events events;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile InForce inForce;

  EnvironmentAuth(
      AuthRecord record,
      EnvironmentProviders providers,
      Pool pool,
      EnvironmentKeys keys,
      String publicUrl,
      Path mails,
      Clock clock,
      Events events) {
    this.record = record;
    this.providers = providers;
    this.pool = pool;
    this.keys = keys;
    this.publicUrl = publicUrl;
    this.clock = clock;
    this.events = events;
    this.folder = new MailFolder(mails, this::templates);
    this.inForce = made();
  }

  private InForce made() {
    var project = record.spoken();
    var templates = project.templates();
    Mailer mailer =
        record.smtp().<Mailer>map(smtp -> new SmtpMailer(smtp, () -> templates)).orElse(folder);
    var settings = record.settings(AuthSettings.at(publicUrl));
    var additions =
        new AuthServer.Additions(
            providers.inForce(), hooks(project), project.notices(), Optional.of(folder));
    providers.adopt(project.providers(), project.manualLinking());
    var server = new AuthServer(settings, additions, pool, keys.jwt(), mailer, clock, events);
    return new InForce(server, mailer, templates);
  }

  /// Nobody signs in past a hook that cannot be asked.
  private static HookSettings hooks(AuthProject project) {
    try {
      return project.hooks();
    } catch (IllegalArgumentException e) {
      throw Problem.of("auth-configuration-invalid", "a hook of the app cannot be used")
          .detail(String.valueOf(e.getMessage()))
          .hint(
              "correct supabase/config.toml, or set the secret it names with freehold secrets set")
          .raise(e);
    }
  }

  private MailTemplates templates() {
    return inForce.templates();
  }

  @Override
  public Response handle(Request request) {
    return inForce.server().handle(request);
  }

  /// Takes up what is kept now.
  void reload() {
    lock.lock();
    try {
      var before = inForce;
      inForce = made();
      before.server().close();
    } finally {
      lock.unlock();
    }
  }

  /// Lays aside what an export says, for when a Release of it is live.
  ///
  /// @param use what its code asks of sign-in
  /// @return what of it cannot be followed
  /// @throws dev.freehold.problem.ProblemException `auth-configuration-invalid`
  List<String> prepare(String export, Map<String, Object> section, SignInUse use) {
    var spoken = record.spoken(section);
    var unused = hooks(spoken);
    record.prepare(export, section, use);
    return spoken.complaints();
  }

  /// Takes up what that export says, where it was laid aside and is not in force.
  void adopt(String export) {
    if (record.adopt(export)) {
      reload();
    }
  }

  /// The mails that nobody sent, newest first.
  public List<KeptMail> mails() {
    return folder.list();
  }

  public Optional<KeptMail> mail(String id) {
    return folder.find(id);
  }

  /// The mail server; without one, mails stay in the folder.
  public Optional<SmtpSettings> smtp() {
    return record.smtp();
  }

  public void smtp(SmtpSettings settings) {
    record.keepSmtp(settings);
    reload();
  }

  public void withoutSmtp() {
    record.keepSmtp(null);
    reload();
  }

  /// Sends a mail that says nothing but that it came.
  ///
  /// @throws dev.freehold.problem.ProblemException `smtp-not-set`, `smtp-failed`
  public void testSmtp(String to) {
    var mailer = inForce.mailer();
    if (!(mailer instanceof SmtpMailer smtp)) {
      throw Problem.of("smtp-not-set", "no mail server is set: mails stay on this machine")
          .hint("freehold auth smtp set names one")
          .raise();
    }
    try {
      smtp.test(to);
    } catch (MailFailed e) {
      throw Problem.of("smtp-failed", "the mail server did not take the mail")
          .detail(String.valueOf(e.getMessage()))
          .hint("compare host, port, protection, user and password with your provider's")
          .raise(e);
    }
  }

  /// Hands over a mail of the App's own, as those of sign-in are.
  ///
  /// @return whether it left this machine
  boolean put(AppMail mail) {
    if (inForce.mailer() instanceof SmtpMailer smtp) {
      smtp.send(mail);
      return true;
    }
    folder.keep(mail);
    return false;
  }

  /// Whether new addresses are confirmed by mail.
  public boolean mustConfirm() {
    return record.mustConfirm();
  }

  public void mustConfirm(boolean must) {
    record.keepConfirmations(must);
    reload();
  }

  /// How long a token of a User lives.
  Duration tokenLife() {
    return record.settings(AuthSettings.at(publicUrl)).tokens().access();
  }

  /// Asks the auth server with the rights of its administrator.
  ///
  /// @param path with its query
  /// @param body JSON, or nothing
  public Response ask(String method, String path, String body) {
    int mark = path.indexOf('?');
    return handle(
        new Request(
            method,
            mark < 0 ? path : path.substring(0, mark),
            mark < 0 ? "" : path.substring(mark + 1),
            "http",
            "localhost",
            "127.0.0.1",
            Headers.of("Authorization", "Bearer " + keys.api().serviceRole()),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  /// One page of Users for a file of them all, oldest first.
  ///
  /// @param after the id the page before ended with; empty for the first
  /// @param withHashes whether password hashes are in it
  public List<Map<String, Object>> export(String after, int most, boolean withHashes) {
    return inForce.server().export(after, most, withHashes);
  }

  @Override
  public void close() {
    inForce.server().close();
  }
}
