package dev.freehold.backend.ai;

import dev.freehold.backend.ai.JsonMembers.Slice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What an App asks of a model, and as the provider is to read it.
sealed interface AiRequest {
  /// The model as the App names it; empty when it names none.
  String model();

  /// The body, in pieces.
  List<Slice> slices();

  String contentType();

  /// Whether the provider is asked for usage that the App did not ask for.
  boolean addedUsage();

  /// Images that are asked for, or 1.
  int units();

  AiTokens estimate();

  /// Asks with less, when the provider does not understand a part of what was asked.
  ///
  /// @param answer the provider's refusal
  /// @return whether it is worth asking again
  boolean fit(JsonNode answer);

  /// Reads a request and names the provider's model in it.
  ///
  /// @return empty when it cannot be understood
  static Optional<AiRequest> read(
      AiEndpoint endpoint, String contentType, byte[] bytes, AiProvider provider) {
    if (endpoint.method.equals("GET")) {
      return Optional.of(new Empty());
    }
    var form = FormBody.of(contentType, bytes);
    if (form.isPresent()) {
      var used = provider.modelFor(form.get().model(), endpoint.isText);
      return Optional.of(new Form(form.get().model(), contentType, form.get().withModel(used)));
    }
    return JsonMembers.of(bytes).map(members -> new Json(endpoint, members, provider));
  }

  /// Without a body.
  record Empty() implements AiRequest {
    @Override
    public String model() {
      return "";
    }

    @Override
    public List<Slice> slices() {
      return List.of();
    }

    @Override
    public String contentType() {
      return "";
    }

    @Override
    public boolean addedUsage() {
      return false;
    }

    @Override
    public int units() {
      return 0;
    }

    @Override
    public AiTokens estimate() {
      return AiTokens.NONE;
    }

    @Override
    public boolean fit(JsonNode answer) {
      return false;
    }
  }

  /// A form with files: sound to be written down, an image to be changed.
  record Form(String model, String contentType, List<Slice> slices) implements AiRequest {
    /// A file of sound or an image is about as many tokens as this.
    private static final int FILE_TOKENS = 3_000;

    @Override
    public boolean addedUsage() {
      return false;
    }

    @Override
    public int units() {
      return 1;
    }

    @Override
    public AiTokens estimate() {
      return new AiTokens(FILE_TOKENS, FILE_TOKENS);
    }

    @Override
    public boolean fit(JsonNode answer) {
      return false;
    }
  }

  /// A JSON object.
  final class Json implements AiRequest {
    /// What an answer may have when its length is not bounded by the App.
    private static final int USUAL_ANSWER_TOKENS = 4_096;

    private static final int MOST_IMAGES = 10;

    private static final String STREAM_OPTIONS = "stream_options";

    /// Wishes that some models refuse, and that an answer can do without.
    private static final Set<String> WISHES =
        Set.of(
            "temperature",
            "top_p",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "seed",
            "user",
            "parallel_tool_calls",
            "reasoning_effort",
            "reasoning",
            "verbosity",
            "response_format",
            "quality",
            STREAM_OPTIONS);

    private final AiEndpoint endpoint;
    private final JsonMembers members;
    private final String model;
    private boolean addedUsage;

    Json(AiEndpoint endpoint, JsonMembers members, AiProvider provider) {
      this.endpoint = endpoint;
      this.members = members;
      this.model = members.value("model").asString("");
      members.put("model", provider.modelFor(model, endpoint.isText));
      boolean streams = members.value("stream").asBoolean(false);
      if (streams
          && endpoint.asksForUsage()
          && !members.value(STREAM_OPTIONS).path("include_usage").asBoolean(false)) {
        addedUsage = true;
        var options = new LinkedHashMap<String, Object>();
        members
            .value(STREAM_OPTIONS)
            .properties()
            .forEach(e -> options.put(e.getKey(), e.getValue()));
        options.put("include_usage", true);
        members.put(STREAM_OPTIONS, options);
      }
    }

    @Override
    public String model() {
      return model;
    }

    @Override
    public List<Slice> slices() {
      return members.slices();
    }

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public boolean addedUsage() {
      return addedUsage;
    }

    @Override
    public int units() {
      return endpoint.makesImages() ? Math.clamp(members.value("n").asInt(1), 1, MOST_IMAGES) : 1;
    }

    @Override
    public AiTokens estimate() {
      long in = members.tokens();
      if (!endpoint.isText) {
        return new AiTokens(in, 0);
      }
      long out = USUAL_ANSWER_TOKENS;
      for (var name : new String[] {"max_tokens", "max_completion_tokens", "max_output_tokens"}) {
        if (members.value(name).isIntegralNumber()) {
          out = members.value(name).asLong();
        }
      }
      return new AiTokens(in, Math.max(1, out) * Math.clamp(members.value("n").asInt(1), 1, 128));
    }

    @Override
    public boolean fit(JsonNode answer) {
      var error = answer.path("error");
      var code = error.path("code").asString("");
      var name = error.path("param").asString("");
      boolean isSaid = code.equals("unsupported_parameter") || code.equals("unsupported_value");
      if (name.equals("max_tokens") && isSaid && members.has(name)) {
        members.rename(name, "max_completion_tokens");
        return true;
      }
      if (name.startsWith(STREAM_OPTIONS) && addedUsage) {
        addedUsage = false;
        boolean unused = members.remove(STREAM_OPTIONS);
        return true;
      }
      return isSaid && WISHES.contains(name) && members.remove(name);
    }
  }
}
