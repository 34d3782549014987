package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.ai.AiLedger;
import dev.freehold.backend.ai.AiPrice;
import dev.freehold.backend.ai.AiProvider;
import dev.freehold.backend.ai.AiProviderChange;
import dev.freehold.backend.ai.AiServer;
import dev.freehold.http.Body;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.target.AiGateway;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The AI gateways of this host's Environments, for their owners.
final class HostAi implements AiGateway {
  /// Lovable's usual model.
  private static final String USUAL_MODEL = "google/gemini-2.5-flash";

  private static final int FIRST_ERROR = 400;
  private static final int SHOWN_CHARS = 2_000;

  private final Function<Environment, EnvironmentAi> kept;
  private final Function<Environment, AiServer> servers;
  private final AiLedger ledger;
  private final ReentrantLock lock = new ReentrantLock();

  HostAi(
      Function<Environment, EnvironmentAi> kept,
      Function<Environment, AiServer> servers,
      AiLedger ledger) {
    this.kept = kept;
    this.servers = servers;
    this.ledger = ledger;
  }

  @Override
  public Optional<Map<String, Object>> ai(Environment environment) {
    return kept.apply(environment).provider().map(set -> facts(environment, set));
  }

  @Override
  public Map<String, Object> setAi(Environment environment, JsonNode wanted) {
    lock.lock();
    try {
      var record = kept.apply(environment);
      var made = AiProviderChange.of(record.provider(), wanted);
      record.keep(made);
      servers.apply(environment).use(Optional.of(made));
      return facts(environment, made);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean unsetAi(Environment environment) {
    lock.lock();
    try {
      var record = kept.apply(environment);
      boolean was = record.provider().isPresent();
      if (was) {
        record.forget();
        servers.apply(environment).use(Optional.empty());
      }
      return was;
    } finally {
      lock.unlock();
    }
  }

  private Map<String, Object> facts(Environment environment, AiProvider set) {
    var facts = AiProviderChange.facts(set);
    var month = ledger.month();
    var rows = ledger.rows(environment.id(), month);
    facts.put("month", month);
    facts.put("spent", AiPrice.text(rows.stream().mapToLong(AiLedger.Row::costNanos).sum()));
    facts.put("tokens", rows.stream().mapToLong(row -> row.tokensIn() + row.tokensOut()).sum());
    return facts;
  }

  @Override
  public Map<String, Object> testAi(Environment environment, String model) {
    if (kept.apply(environment).provider().isEmpty()) {
      throw Problem.of("ai-not-set", "no AI provider is set for " + environment.id())
          .hint("freehold ai set " + kept.apply(environment).words() + " --url URL")
          .raise();
    }
    long start = System.nanoTime();
    var asked = model.isEmpty() ? USUAL_MODEL : model;
    var answer = servers.apply(environment).test(asked);
    var text = answer.body() instanceof Body.Bytes(var bytes) ? utf8(bytes) : "";
    if (answer.status() >= FIRST_ERROR) {
      throw failed(asked, answer.status(), text);
    }
    try {
      var said = JsonMapper.shared().readTree(text);
      var facts = new LinkedHashMap<String, Object>();
      facts.put("asked", asked);
      facts.put("model", said.path("model").asString(""));
      facts.put("answer", said.at("/choices/0/message/content").asString(""));
      facts.put("tokens_in", said.at("/usage/prompt_tokens").asLong(0));
      facts.put("tokens_out", said.at("/usage/completion_tokens").asLong(0));
      facts.put("took_ms", (System.nanoTime() - start) / 1_000_000);
      return facts;
    } catch (JacksonException notJson) {
      throw failed(asked, answer.status(), text);
    }
  }

  private static ProblemException failed(String asked, int status, String text) {
    var shown = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) : text;
    return Problem.of("ai-test-failed", "the provider did not answer a call of " + asked)
        .detail("HTTP " + status + ": " + shown)
        .hint("is the URL right, and does the provider know the model? freehold ai show tells both")
        .raise();
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public Map<String, Object> aiUsage(Environment environment, String month) {
    var chosen = month.isEmpty() ? ledger.month() : month;
    var facts = new LinkedHashMap<String, Object>();
    facts.put("month", chosen);
    var lines = new ArrayList<Map<String, Object>>();
    long spent = 0;
    for (var row : ledger.rows(environment.id(), chosen)) {
      lines.add(facts(row));
      spent += row.costNanos();
    }
    facts.put("cost", AiPrice.text(spent));
    facts.put("usage", lines);
    facts.put("months", List.copyOf(ledger.months(environment.id())));
    return facts;
  }

  private static Map<String, Object> facts(AiLedger.Row row) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("caller", row.caller());
    facts.put("asked", row.asked());
    facts.put("used", row.used());
    facts.put("calls", row.calls());
    facts.put("failures", row.failures());
    facts.put("uncosted", row.uncosted());
    facts.put("tokens_in", row.tokensIn());
    facts.put("tokens_out", row.tokensOut());
    facts.put("cost", AiPrice.text(row.costNanos()));
    return facts;
  }
}
