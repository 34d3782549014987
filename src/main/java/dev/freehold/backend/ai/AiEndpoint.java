package dev.freehold.backend.ai;

import java.util.Arrays;
import java.util.Optional;

/// What of OpenAI's interface is answered; everything else is not there.
enum AiEndpoint {
  CHAT("POST", "/chat/completions", true),
  COMPLETIONS("POST", "/completions", true),
  RESPONSES("POST", "/responses", true),
  EMBEDDINGS("POST", "/embeddings", false),
  IMAGES("POST", "/images/generations", false),
  IMAGE_EDITS("POST", "/images/edits", false),
  SPEECH("POST", "/audio/speech", false),
  TRANSCRIPTIONS("POST", "/audio/transcriptions", false),
  TRANSLATIONS("POST", "/audio/translations", false),
  MODELS("GET", "/models", false);

  private static final String VERSION = "/v1";

  final String method;
  final String path;

  /// Whether a text model answers, so that the owner's model for all others may.
  final boolean isText;

  AiEndpoint(String method, String path, boolean isText) {
    this.method = method;
    this.path = path;
    this.isText = isText;
  }

  /// @param path as an App has it, with `/v1` before
  static Optional<AiEndpoint> of(String method, String path) {
    return Arrays.stream(values())
        .filter(one -> one.method.equals(method) && path.equals(VERSION + one.path))
        .findFirst();
  }

  /// Whether a stream of its answers says what was used only when it is asked to.
  boolean asksForUsage() {
    return this == CHAT || this == COMPLETIONS;
  }

  boolean makesImages() {
    return this == IMAGES || this == IMAGE_EDITS;
  }
}
