package dev.freehold.backend.ai;

import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What an App asks of a model, and as the provider is to read it.
sealed interface AiRequest {
  /// The model as the App names it; empty when it names none.
  String model();

  byte[] bytes();

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
    try {
      return Json.MAPPER.readTree(bytes) instanceof ObjectNode object
          ? Optional.of(new Json(endpoint, object, provider))
          : Optional.empty();
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  /// Without a body.
  record Empty() implements AiRequest {
    @Override
    public String model() {
      return "";
    }

    @Override
    public byte[] bytes() {
      return new byte[0];
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
  @SuppressWarnings("ArrayRecordComponent")
  record Form(String model, String contentType, byte[] bytes) implements AiRequest {
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
    private static final int MAX_TEXT_CHARS = 1 << 26;
    private static final JsonMapper MAPPER =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder().maxStringLength(MAX_TEXT_CHARS).build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /// Text has about a token for every so many characters; the guess is rather too high.
    private static final int CHARS_A_TOKEN = 3;

    /// What a picture or a file inside a text counts as.
    private static final int DATA_TOKENS = 1_500;

    /// A string that is longer and begins like this is data, not text.
    private static final String DATA = "data:";

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
    private final ObjectNode object;
    private final String model;
    private boolean addedUsage;

    Json(AiEndpoint endpoint, ObjectNode object, AiProvider provider) {
      this.endpoint = endpoint;
      this.object = object;
      this.model = object.path("model").asString("");
      object.put("model", provider.modelFor(model, endpoint.isText));
      boolean streams = object.path("stream").asBoolean(false);
      if (streams
          && endpoint.asksForUsage()
          && !object.path(STREAM_OPTIONS).path("include_usage").asBoolean(false)) {
        addedUsage = true;
        if (!object.path(STREAM_OPTIONS).isObject()) {
          object.putObject(STREAM_OPTIONS);
        }
        object.withObject("/" + STREAM_OPTIONS).put("include_usage", true);
      }
    }

    @Override
    public String model() {
      return model;
    }

    @Override
    public byte[] bytes() {
      return MAPPER.writeValueAsBytes(object);
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
      return endpoint.makesImages() ? Math.clamp(object.path("n").asInt(1), 1, MOST_IMAGES) : 1;
    }

    @Override
    public AiTokens estimate() {
      long in = tokens(object);
      if (!endpoint.isText) {
        return new AiTokens(in, 0);
      }
      long out = USUAL_ANSWER_TOKENS;
      for (var name : new String[] {"max_tokens", "max_completion_tokens", "max_output_tokens"}) {
        if (object.path(name).isIntegralNumber()) {
          out = object.path(name).asLong();
        }
      }
      return new AiTokens(in, Math.max(1, out) * Math.clamp(object.path("n").asInt(1), 1, 128));
    }

    private static long tokens(JsonNode node) {
      if (node.isString()) {
        var text = node.asString();
        return text.startsWith(DATA) && text.length() > DATA_TOKENS
            ? DATA_TOKENS
            : text.length() / CHARS_A_TOKEN + 1;
      }
      long sum = 0;
      for (var inner : node) {
        sum += tokens(inner);
      }
      return sum;
    }

    @Override
    public boolean fit(JsonNode answer) {
      var error = answer.path("error");
      var code = error.path("code").asString("");
      var name = error.path("param").asString("");
      boolean isSaid = code.equals("unsupported_parameter") || code.equals("unsupported_value");
      if (name.equals("max_tokens") && isSaid && object.has(name)) {
        object.set("max_completion_tokens", object.remove(name));
        return true;
      }
      if (name.startsWith(STREAM_OPTIONS) && addedUsage) {
        addedUsage = false;
        object.remove(STREAM_OPTIONS);
        return true;
      }
      return isSaid && WISHES.contains(name) && object.remove(name) != null;
    }
  }
}
