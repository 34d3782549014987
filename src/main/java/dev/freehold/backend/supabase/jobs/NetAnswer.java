package dev.freehold.backend.supabase.jobs;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What goes into `net._http_response`.
///
/// @param error why there is no answer
record NetAnswer(
    long id,
    @Nullable Integer status,
    @Nullable String contentType,
    @Nullable Map<String, String> headers,
    @Nullable String content,
    boolean timedOut,
    @Nullable String error) {
  static NetAnswer failed(long id, String error) {
    return new NetAnswer(id, null, null, null, null, false, error);
  }

  static NetAnswer timedOut(long id, String error) {
    return new NetAnswer(id, null, null, null, null, true, error);
  }
}
