package dev.freehold.backend.supabase.mail;

import java.time.Instant;

/// A mail in a [MailFolder].
///
/// @param id names it within its folder
/// @param action what it is about, in GoTrue's words
/// @param code empty where there is none
/// @param link empty where there is none
/// @param text what a person would read
public record KeptMail(
    String id,
    Instant at,
    String to,
    String action,
    String subject,
    String code,
    String link,
    String text) {
  @Override
  public String toString() {
    return "KeptMail[" + id + "]";
  }
}
