package dev.freehold.backend.supabase.auth.provider;

import java.util.List;

/// How an App's Users sign in by way of others.
///
/// @param providers those the owner registered at
/// @param idTokenIssuers further issuers whose ID tokens are accepted with the client the caller
///   names; GoTrue has them for old Apps, and so have we
/// @param manualLinking Users may link and unlink identities themselves
public record ExternalSettings(
    List<ProviderSettings> providers, List<String> idTokenIssuers, boolean manualLinking) {
  /// Nobody else signs Users in.
  public static final ExternalSettings NONE = new ExternalSettings(List.of(), List.of(), false);

  public ExternalSettings {
    providers = List.copyOf(providers);
    idTokenIssuers = List.copyOf(idTokenIssuers);
  }

  public static ExternalSettings of(List<ProviderSettings> providers) {
    return new ExternalSettings(providers, List.of(), false);
  }

  public ExternalSettings withManualLinking(boolean isAllowed) {
    return new ExternalSettings(providers, idTokenIssuers, isAllowed);
  }
}
