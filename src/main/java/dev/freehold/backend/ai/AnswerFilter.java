package dev.freehold.backend.ai;

import java.util.Arrays;
import java.util.Optional;

/// Reads along in an answer that passes.
sealed interface AnswerFilter permits EventFilter, AnswerFilter.Unread {
  /// @return what of this and earlier pieces goes on now
  byte[] pass(byte[] piece, int length);

  /// @return what is left
  byte[] end();

  /// What was used, as far as the answer has said.
  Optional<AiTokens.Said> said();

  /// Events so far: about as many tokens came out.
  long events();

  /// Sound, say: nothing can be read of it.
  record Unread() implements AnswerFilter {
    @Override
    public byte[] pass(byte[] piece, int length) {
      return Arrays.copyOf(piece, length);
    }

    @Override
    public byte[] end() {
      return new byte[0];
    }

    @Override
    public Optional<AiTokens.Said> said() {
      return Optional.empty();
    }

    @Override
    public long events() {
      return 0;
    }
  }
}
