package dev.freehold.backend.supabase.auth.provider;

import java.util.List;
import java.util.Set;

/// One line of the table of providers: where its pages are, what is asked for, and who reads its
/// answers.
///
/// @param name as in `provider=`
/// @param title as people write it
/// @param issuer of its ID tokens; empty when it has none
/// @param authorize where the browser is sent
/// @param token where a code is exchanged
/// @param api what paths of its API begin with
/// @param scopes asked for always; an App's own are added
/// @param reader turns its answers into a [Profile]
/// @param console where the owner registers the App
record ProviderKind(
    String name,
    String title,
    String issuer,
    Place authorize,
    Place token,
    Place api,
    List<String> scopes,
    ProfileReader reader,
    Set<Trait> traits,
    String console) {
  static final String CUSTOM_PREFIX = "custom:";

  /// A host and what comes after it. An owner's own instance takes the host's place.
  record Place(String host, String path) {
    String at(String instance) {
      return (instance.isEmpty() ? "https://" + host : instance) + path;
    }
  }

  /// What sets a provider apart.
  enum Trait {
    /// The code is bound to this server (RFC 7636).
    PKCE,
    /// Says who signed in by its ID token, not by its API.
    ID_TOKEN,
    /// OpenID Connect alone: another `url` is another issuer, whose discovery says the rest.
    ISSUER,
    /// Sends the browser back by a form (Apple).
    FORM_POST,
    /// Wants the client's name and secret in a header.
    BASIC,
    /// Everybody runs their own.
    OWN_INSTANCE
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }
}
