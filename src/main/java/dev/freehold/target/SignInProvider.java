package dev.freehold.target;

import java.util.List;

/// Where an App's Users may sign in elsewhere, without what is secret of it.
///
/// @param title as people write it
/// @param clientIds the first signs in by redirects; all are accepted in ID tokens
/// @param url an instance or issuer of the owner's choice; empty for the public one
/// @param hasSecret whether a client secret is kept
/// @param redirectUrl what must be entered at the provider as the redirect (callback) address
/// @param console where it is entered; empty when nobody knows
public record SignInProvider(
    String name,
    String title,
    List<String> clientIds,
    String url,
    List<String> scopes,
    boolean hasSecret,
    String redirectUrl,
    String console) {

  /// What an owner says of a provider. What is empty stays as it was.
  ///
  /// @param teamId Apple's, with `keyId`, where the secret is a private key
  public record Change(
      String name,
      List<String> clientIds,
      String secret,
      String url,
      List<String> scopes,
      String teamId,
      String keyId,
      boolean skipNonceCheck,
      boolean emailOptional) {
    public Change {
      clientIds = List.copyOf(clientIds);
      scopes = List.copyOf(scopes);
    }

    @Override
    public String toString() {
      return "Change[" + name + "]";
    }
  }

  public SignInProvider {
    clientIds = List.copyOf(clientIds);
    scopes = List.copyOf(scopes);
  }
}
