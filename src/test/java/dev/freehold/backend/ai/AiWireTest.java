package dev.freehold.backend.ai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How requests, streams and settings are read.
class AiWireTest {
  private static final String WORDS =
      "data: {\"choices\":[{\"delta\":{\"content\":\"über\"}}],\"usage\":null}\r\n\r\n: ping\n\n";
  private static final String LAST =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\n";

  private static String passed(EventFilter filter, String text, int pieceBytes) {
    var out = new ByteArrayOutputStream();
    var bytes = text.getBytes(UTF_8);
    for (int at = 0; at < bytes.length; at += pieceBytes) {
      int length = Math.min(pieceBytes, bytes.length - at);
      var piece = new byte[pieceBytes];
      System.arraycopy(bytes, at, piece, 0, length);
      out.writeBytes(filter.pass(piece, length));
    }
    out.writeBytes(filter.end());
    return out.toString(UTF_8);
  }

  @Test
  void aStreamPassesHoweverItIsCutAndUsageIsLeftOut() {
    var text = WORDS + LAST + "data: [DONE]\n\n";
    for (int size : new int[] {1, 2, 3, 7, 64, 4_096}) {
      var hiding = new EventFilter(true);
      assertThat(passed(hiding, text, size)).isEqualTo(WORDS + "data: [DONE]\n\n");
      assertThat(hiding.said().orElseThrow().tokens()).isEqualTo(new AiTokens(3, 4));
      assertThat(hiding.events()).isEqualTo(3);
      var showing = new EventFilter(false);
      assertThat(passed(showing, text, size)).isEqualTo(text);
      assertThat(showing.said()).isPresent();
    }
  }

  @Test
  void usageBesideWordsStaysAndALongLinePassesUnread() {
    var both = LAST.replace("[]", "[{\"delta\":{}}]");
    assertThat(passed(new EventFilter(true), both, 9)).isEqualTo(both);
    var image = "data: {\"usage\":1,\"b64\":\"" + "A".repeat(3 << 20) + "\"}\n\n";
    var filter = new EventFilter(true);
    assertThat(passed(filter, image + LAST + "data: unfinished", 16_384))
        .isEqualTo(image + "data: unfinished");
    assertThat(filter.said()).isPresent();
  }

  @Test
  void aFormKeepsItsBytesAndNamesAnotherModel() {
    var form =
        String.join(
            "\r\n",
            "--b-1",
            "Content-Disposition: form-data; name=\"file\"; filename=\"model\"",
            "",
            "\0\1--b-",
            "",
            "name=\"model\"",
            "--b-1",
            "Content-Disposition: form-data; name=\"model\"",
            "",
            "ears",
            "--b-1--",
            "");
    var read = FormBody.of("multipart/form-data; boundary=\"b-1\"", form.getBytes(UTF_8));
    assertThat(read.orElseThrow().model()).isEqualTo("ears");
    assertThat(new String(read.get().withModel("better ears"), UTF_8))
        .isEqualTo(form.replace("\r\nears\r\n", "\r\nbetter ears\r\n"));
    assertThat(FormBody.of("multipart/form-data; boundary=x", form.getBytes(UTF_8))).isEmpty();
    assertThat(FormBody.of("application/json", form.getBytes(UTF_8))).isEmpty();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private static AiProvider set(String text) {
    return AiProviderChange.of(Optional.empty(), json(text));
  }

  @Test
  void modelsAreChosenByNameThenByKindThenByMaker() {
    var both = set("{'url':'https://api.openai.com/v1/','models':{'a':'b'},'default_model':'c'}");
    assertThat(both.modelFor("a", true)).isEqualTo("b");
    assertThat(both.modelFor("openai/x", true)).isEqualTo("c");
    assertThat(both.modelFor("openai/text-embedding-3-small", false))
        .isEqualTo("text-embedding-3-small");
    var router = set("{'url':'https://openrouter.ai/api/v1/chat/completions'}");
    assertThat(router.url()).isEqualTo("https://openrouter.ai/api/v1");
    assertThat(router.modelFor("openai/gpt-5", true)).isEqualTo("openai/gpt-5");
    assertThat(router.reportsCost()).isTrue();
  }

  @Test
  void aRequestIsChangedNoMoreThanNeeded() {
    var provider = set("{'url':'http://localhost:1/v1','models':{'a':'b'}}");
    var body = "{'model':'a','temperature':1.0,'seed':12345678901234567890,'stream':true}";
    var read =
        AiRequest.read(
                AiEndpoint.CHAT,
                "application/json",
                body.replace('\'', '"').getBytes(UTF_8),
                provider)
            .orElseThrow();
    assertThat(new String(read.bytes(), UTF_8).replace('"', '\''))
        .isEqualTo(
            "{'model':'b','temperature':1.0,'seed':12345678901234567890,'stream':true,"
                + "'stream_options':{'include_usage':true}}");
    assertThat(read.model()).isEqualTo("a");
    var refusal = "{'error':{'code':'unsupported_value','param':'temperature'}}";
    assertThat(read.fit(json(refusal))).isTrue();
    assertThat(read.fit(json(refusal))).isFalse();
    assertThat(read.fit(json(refusal.replace("temperature", "messages")))).isFalse();
    assertThat(new String(read.bytes(), UTF_8)).doesNotContain("temperature");
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    for (var wrong :
        List.of(
            "{}",
            "{'url':'api.openai.com/v1'}",
            "{'url':'file:///etc/passwd'}",
            "{'url':'https://u:p@example.com/v1'}",
            "{'url':'https://example.com/v1?key=1'}",
            "{'url':'http://example.com/v1','key':'sk-1'}",
            "{'url':'https://example.com/v1','key':'sk 1'}",
            "{'url':'https://example.com/v1','models':{'a':'b c'}}",
            "{'url':'https://example.com/v1','prices':{'a':'1'}}",
            "{'url':'https://example.com/v1','prices':{'a':'1,-2'}}",
            "{'url':'https://example.com/v1','cap_tokens':'many'}",
            "{'url':'https://example.com/v1','cap':'5'}",
            "{'url':'https://example.com/v1','cap':'5','prices':{'a':'1,2'},'default_model':'b'}")) {
      assertThatThrownBy(() -> set(wrong)).as(wrong).isInstanceOf(ProblemException.class);
    }
    for (var near : List.of("localhost:11434", "127.0.0.1", "192.168.1.7", "ollama", "[::1]:80")) {
      assertThat(set("{'url':'http://%s/v1','key':'k'}".formatted(near)).key()).isEqualTo("k");
    }
  }

  @Test
  void whatIsNotSaidStaysAndAKeyStaysWithItsHost() {
    var before =
        set(
            "{'url':'https://a.example/v1','key':'sk-a','models':{'x':'y'},'prices':{'y':'1,2'},"
                + "'cap':'5','default_model':'y'}");
    var changed =
        AiProviderChange.of(
            Optional.of(before), json("{'models':{'x':'','z':'y'},'cap':'none','cap_tokens':'9'}"));
    assertThat(changed.key()).isEqualTo("sk-a");
    assertThat(changed.models()).isEqualTo(Map.of("z", "y"));
    assertThat(changed.capNanos()).isNull();
    assertThat(changed.capTokens()).isEqualTo(9);
    assertThatThrownBy(
            () -> AiProviderChange.of(Optional.of(before), json("{'url':'https://b.example/v1'}")))
        .hasMessageContaining("the key that is kept is for a.example");
    assertThat(
            AiProviderChange.of(
                    Optional.of(before), json("{'url':'https://b.example/v1','no_key':true}"))
                .key())
        .isEmpty();
    assertThat(AiProviderChange.facts(before).toString() + before).doesNotContain("sk-a");
    assertThat(
            JsonMapper.shared()
                .readValue(JsonMapper.shared().writeValueAsString(before), AiProvider.class))
        .isEqualTo(before);
  }

  @Test
  void pricesAreExactAndRoundedUp() {
    var price = new AiPrice(AiPrice.nanos("0.25"), AiPrice.nanos("2"), AiPrice.nanos("0.04"));
    assertThat(AiPrice.text(price.of(new AiTokens(1_000_000, 500_000), 1))).isEqualTo("1.29");
    assertThat(price.of(new AiTokens(0, 0), 3)).isEqualTo(120_000_000);
    assertThat(new AiPrice(1, 0, 0).of(new AiTokens(1, 0), 1)).isEqualTo(1);
  }
}
