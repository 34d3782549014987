package dev.freehold.backend.supabase.auth;

import java.util.ArrayDeque;
import java.util.List;

/// Keeps the mails of a test, newest first, at most [#MAX_MAILS].
public final class LocalMailbox implements Mailer {
  public static final int MAX_MAILS = 200;

  private final ArrayDeque<AuthMail> mails = new ArrayDeque<>();

  @Override
  public synchronized void send(AuthMail mail) {
    mails.addFirst(mail);
    if (mails.size() > MAX_MAILS) {
      mails.removeLast();
    }
  }

  /// What is kept, newest first.
  public synchronized List<AuthMail> mails() {
    return List.copyOf(mails);
  }
}
