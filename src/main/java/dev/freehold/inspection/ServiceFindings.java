package dev.freehold.inspection;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
      Features features,
      SupabaseUse supabase,
      Schema schema,
      List<EdgeFunction> functions,
      Consumer<Finding> findings) {
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
    tellOfCalls(supabase, schema, findings);
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

  /// Jobs that call the app's own project are led to its new address when they run; what else they
  /// call stays what it is, the app's address at its Vendor included.
  private static void tellOfCalls(SupabaseUse supabase, Schema schema, Consumer<Finding> findings) {
    var ours =
        supabase.projects().stream()
            .filter(SupabaseUse.Project::own)
            .flatMap(project ->
                Stream.of(project.ref() + ".supabase.co", project.ref() + ".functions.supabase.co"))
            .collect(Collectors.toSet());
    var calling = schema.cronJobs().stream().filter(job -> !ours.containsAll(job.hosts())).toList();
    if (calling.isEmpty()) {
      return;
    }
    var hosts =
        calling.stream()
            .flatMap(job -> job.hosts().stream())
            .filter(host -> !ours.contains(host))
            .distinct()
            .sorted()
            .toList();
    findings.accept(
        Finding.warning(
            "cron-calls-out",
            Names.count(calling.size(), "scheduled job calls", "scheduled jobs call")
                + " "
                + Names.list(hosts),
            calling.stream().map(Schema.CronJob::place).toList(),
            "right for another service; where it is the app's old place, that goes on being called"
                + " until a schema migration changes the job"));
  }
}
