package dev.freehold.target;

import java.util.List;

/// What an App's own code asks of sign-in, as far as reading it tells: a lower bound.
///
/// @param providers such as `google`
/// @param calls methods of `supabase.auth`, such as `signInWithOtp`
public record SignInUse(List<String> providers, List<String> calls) {
  public static final SignInUse NONE = new SignInUse(List.of(), List.of());

  public SignInUse {
    providers = List.copyOf(providers);
    calls = List.copyOf(calls);
  }
}
