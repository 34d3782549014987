package dev.freehold.backend.supabase.mail;

/// A mail as it is read: one line of subject, and the same words as HTML and as text.
record Letter(String subject, String html, String text) {
  /// Longer subjects are cut: no mail program shows more.
  private static final int MAX_SUBJECT_CHARS = 250;

  Letter {
    subject = oneLine(subject);
    if (subject.length() > MAX_SUBJECT_CHARS) {
      subject = subject.substring(0, MAX_SUBJECT_CHARS);
    }
  }

  /// Without line ends and other control characters, so that no value of a User becomes a header.
  static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ").strip();
  }

  @Override
  public String toString() {
    return "Letter[" + subject + "]";
  }
}
