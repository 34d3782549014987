package dev.freehold.target;

import dev.freehold.app.Environment;
import java.util.List;

/// Looks whether the Users of an Environment can sign in, and changes nothing.
public interface SignInCheck {
  /// How bad it is.
  enum Severity {
    /// Somebody cannot sign in.
    BLOCKS,
    /// Somebody may be surprised.
    WARNS
  }

  /// One thing that is not as it should be.
  ///
  /// @param code one word for programs, such as `provider-not-set`
  /// @param subject what it is about: a provider, a hook, `mail`, `keys`, `address`
  /// @param message what is wrong, for the owner
  /// @param hint what to do
  record Finding(Severity severity, String code, String subject, String message, String hint) {}

  /// @param address where the App is
  /// @param redirectUrl what every provider must know
  /// @param providers those that are set
  /// @param findings what blocks first
  record Report(
      String address, String redirectUrl, List<SignInProvider> providers, List<Finding> findings) {
    public Report {
      providers = List.copyOf(providers);
      findings = List.copyOf(findings);
    }

    /// Whether nothing keeps anybody from signing in.
    public boolean isFine() {
      return findings.stream().noneMatch(finding -> finding.severity() == Severity.BLOCKS);
    }
  }

  Report checkSignIn(Environment environment);
}
