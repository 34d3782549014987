package dev.freehold.target;

import dev.freehold.app.Environment;
import java.util.List;

/// What an owner does with the sign-in providers of an Environment. A change counts at once.
public interface SignInProviders {
  /// What must be entered at every provider as the redirect (callback) address.
  String redirectUrl(Environment environment);

  List<SignInProvider> providers(Environment environment);

  /// @throws dev.freehold.problem.ProblemException `auth-provider-invalid` when it cannot work so
  SignInProvider setProvider(Environment environment, SignInProvider.Change change);

  /// False when there was none of that name.
  boolean removeProvider(Environment environment, String name);
}
