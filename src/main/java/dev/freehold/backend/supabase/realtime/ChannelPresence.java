package dev.freehold.backend.supabase.realtime;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A channel's part in presence: what its client says of itself.
final class ChannelPresence {
  private final Channel channel;
  private final Hub hub;
  private final String under;
  private final Bucket rate;
  private @Nullable JsonNode tracked;

  /// @param under the key that the client is shown under
  ChannelPresence(Channel channel, String under) {
    this.channel = channel;
    this.hub = channel.socket().hub();
    this.under = under;
    this.rate =
        new Bucket(
            hub.limits().presencePerWindow(), hub.limits().presenceWindow(), System.nanoTime());
  }

  /// Sends who is present.
  void tellState() {
    if (!channel.policies().presenceRead().isGiven()) {
      return;
    }
    var loop = channel.shard().loop();
    hub.state(
        channel.key(),
        json ->
            loop.execute(
                () -> channel.push("presence_state", new String(json, StandardCharsets.UTF_8))));
  }

  void take(Push push) {
    if (!(push.payload() instanceof Push.Payload.Json(var payload))
        || !payload.path("event").isString()) {
      channel.socket().reply(push, "ok", "{}");
      return;
    }
    if (!rate.take(System.nanoTime())) {
      channel.broken("Client presence rate limit exceeded");
      return;
    }
    switch (payload.path("event").asString().toLowerCase(Locale.ROOT)) {
      case "track" -> mayTrack(push, payload.path("payload"));
      case "untrack" -> {
        end();
        channel.socket().reply(push, "ok", "{}");
      }
      default -> channel.socket().reply(push, "error", "{}");
    }
  }

  private void mayTrack(Push push, JsonNode meta) {
    if (channel.policies().presenceWrite() == Policies.Grant.UNASKED
        || channel.policies().presenceRead() == Policies.Grant.UNASKED) {
      channel.askToWrite(() -> track(push, meta));
    } else {
      track(push, meta);
    }
  }

  private void track(Push push, JsonNode meta) {
    var socket = channel.socket();
    if (!channel.policies().presenceWrite().isGiven()) {
      socket.reply(push, "error", "{}");
      return;
    }
    if (!meta.isMissingNode() && !meta.isObject()) {
      socket.reply(push, "error", "{\"reason\":\"Presence track payload must be a map\"}");
      return;
    }
    if (meta.toString().length() > hub.limits().presenceBytes()) {
      channel.broken("Track message size exceeded");
      return;
    }
    if (!meta.equals(tracked)) {
      tracked = meta;
      if (!hub.track(channel.key(), channel.topic(), channel, under, meta)) {
        channel.broken("Too many presence messages per second");
        return;
      }
    }
    socket.reply(push, "ok", "{}");
  }

  /// Takes the client out of presence.
  void end() {
    if (tracked != null) {
      tracked = null;
      hub.untrack(channel.key(), channel.topic(), channel, under);
    }
  }
}
