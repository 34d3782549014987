package dev.freehold.backend.supabase.realtime;

import dev.freehold.http.Frame;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/// Writes what clients are sent, both versions (reference 7.1).
final class PhoenixWriter {
  static final int MAX_FIELD_BYTES = 255;

  private static final int USER_BROADCAST = 4;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] V2_END = utf8("]");
  private static final byte[] NOTHING = {};

  private PhoenixWriter() {}

  static String json(Object value) {
    return JSON.writeValueAsString(value);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// @param joinRef as JSON
  /// @param ref as JSON
  /// @param payload JSON, in pieces that are put one after the other
  static Frame message(
      Version version, String joinRef, String ref, String topic, String event, byte[]... payload) {
    var pieces = new byte[payload.length + 2][];
    System.arraycopy(payload, 0, pieces, 1, payload.length);
    switch (version) {
      case V1 -> {
        pieces[0] =
            utf8("{\"topic\":" + json(topic) + ",\"event\":" + json(event) + ",\"payload\":");
        pieces[pieces.length - 1] = utf8(",\"ref\":" + ref + "}");
      }
      case V2 -> {
        pieces[0] = utf8("[" + joinRef + "," + ref + "," + json(topic) + "," + json(event) + ",");
        pieces[pieces.length - 1] = V2_END;
      }
    }
    return Frame.text(pieces);
  }

  /// @param status `ok` or `error`
  /// @param response JSON
  static Frame reply(
      Version version, String joinRef, String ref, String topic, String status, String response) {
    var payload = "{\"status\":\"" + status + "\",\"response\":" + response + "}";
    return message(version, joinRef, ref, topic, "phx_reply", utf8(payload));
  }

  /// A broadcast in binary form, for version 2. Each field must fit [#MAX_FIELD_BYTES].
  static Frame broadcast(
      byte[] topic, byte[] event, byte[] metadata, boolean json, byte[] payload) {
    var head = new byte[5];
    head[0] = USER_BROADCAST;
    head[1] = (byte) topic.length;
    head[2] = (byte) event.length;
    head[3] = (byte) metadata.length;
    head[4] = (byte) (json ? 1 : 0);
    return Frame.binary(head, topic, event, metadata, payload);
  }

  static byte[] nothing() {
    return NOTHING;
  }
}
