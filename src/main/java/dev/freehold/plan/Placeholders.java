package dev.freehold.plan;

/// What a build bakes in where an environment's own values will stand. One Artifact serves every
/// Environment: activation replaces these texts, so that promoting or rolling back needs no build.
///
/// Each is chosen so that it cannot occur by chance, survives a minifier as one literal, and fails
/// loudly when it is not replaced: `.invalid` never resolves (RFC 2606).
public final class Placeholders {
  /// Stands for the public address.
  public static final String URL = "https://freehold-env-url.invalid";

  /// Stands for the anon key in its older form. It has the shape of a token, because some clients
  /// decode it; its signature is no signature.
  public static final String ANON_KEY =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
          + ".eyJpc3MiOiJmcmVlaG9sZC1wbGFjZWhvbGRlciIsInJlZiI6ImZyZWVob2xkLWVudi1wcm9qZWN0Iiwicm9s"
          + "ZSI6ImFub24iLCJpYXQiOjEsImV4cCI6NDEwMjQ0NDgwMH0"
          + ".ZnJlZWhvbGQtZW52LWFub24ta2V5LTAxMjM0NTY3ODk";

  /// Stands for the anon key in its newer form.
  public static final String PUBLISHABLE_KEY = "sb_publishable_freehold-env-key";

  /// Stands for the project's reference.
  public static final String PROJECT_ID = "freehold-env-project";

  private Placeholders() {}
}
