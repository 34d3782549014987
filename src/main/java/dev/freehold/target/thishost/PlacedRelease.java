package dev.freehold.target.thishost;

import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.edge.Content;
import dev.freehold.edge.StaticSite;
import dev.freehold.edge.Upstream;
import dev.freehold.release.Release;
import dev.freehold.supervisor.Instance;
import dev.freehold.target.Target;
import java.util.List;
import java.util.Optional;

/// A Release set up on this machine: its files, and its process when it has one.
///
/// @param site the files that the edge gives out
/// @param process the app's own server, healthy
/// @param functions its edge functions, none of which runs before it is called
/// @param mail its own code that sends mails
record PlacedRelease(
    Release release,
    StaticSite site,
    Optional<Instance> process,
    FunctionRelease functions,
    MailParts mail)
    implements Target.Placed {
  private static final String LOOPBACK = "127.0.0.1";

  @Override
  public void withdraw() {
    process.ifPresent(Instance::stop);
  }

  /// What the edge serves once it is live.
  ///
  /// @param recent sites that were live before, newest first
  Content content(List<StaticSite> recent) {
    return process
        .<Content>map(instance ->
            new Content.ProcessContent(
                List.of(new Upstream(LOOPBACK, instance.port())), site, recent))
        .orElseGet(() -> new Content.StaticContent(site, recent));
  }
}
