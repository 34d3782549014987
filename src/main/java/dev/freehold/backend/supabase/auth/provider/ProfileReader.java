package dev.freehold.backend.supabase.auth.provider;

/// Reads who signed in, by a provider's API or its ID token.
@FunctionalInterface
interface ProfileReader {
  Profile read(Account account);
}
