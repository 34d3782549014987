package dev.freehold.inspection;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// Tells what the owner has to arrange outside of the export: e-mail, sign-in providers, webhooks,
/// jobs that would go on calling the old place.
final class ServiceFindings {
  private static final Set<String> SENDS_MAIL =
      Set.of(
          "resetPasswordForEmail",
          "signInWithOtp",
          "resend",
          "admin.inviteUserByEmail",
          "reauthenticate");

  private ServiceFindings() {}

  static void tell(
      Features features, Schema schema, List<EdgeFunction> functions, Consumer<Finding> findings) {
    var mails =
        features.auth().stream().map(Features.Count::name).filter(SENDS_MAIL::contains).toList();
    if (!mails.isEmpty()) {
      findings.accept(
          Finding.note(
              "mail-needed",
              "the app relies on e-mail for " + Names.list(mails),
              List.of(),
              "set up SMTP before the first user needs it"));
    }
    if (!features.providers().isEmpty()) {
      findings.accept(
          Finding.note(
              "oauth-client-needed",
              "users sign in with "
                  + Names.list(features.providers().stream().map(Features.Count::name).toList()),
              List.of(),
              "each provider needs a client of your own with the new redirect address"));
    }
    var calling = schema.cronJobs().stream().filter(job -> !job.hosts().isEmpty()).toList();
    if (!calling.isEmpty()) {
      findings.accept(
          Finding.warning(
              "cron-calls-out",
              Names.count(calling.size(), "scheduled job calls", "scheduled jobs call")
                  + " an address written into the SQL",
              calling.stream().map(Schema.CronJob::place).toList(),
              "the old place goes on being called until the job is changed"));
    }
    var open = functions.stream().filter(f -> !f.verifiesJwt()).toList();
    if (!open.isEmpty()) {
      findings.accept(
          Finding.note(
              "function-open",
              Names.count(open.size(), "edge function answers", "edge functions answer")
                  + " without a signed-in user: "
                  + Names.list(open.stream().map(EdgeFunction::name).toList()),
              open.stream().map(f -> Place.whole(f.entry())).toList(),
              "right for webhooks; the function itself must check who calls"));
    }
  }
}
