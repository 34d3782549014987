package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Events;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Filters that PostgreSQL has to decide: order of text and times, patterns, types of extensions.
/// Each different question is asked once, many in one round trip.
final class FilterQuestions {
  private static final int QUESTIONS_A_TRIP = 100;

  private final Pool pool;
  private final Events events;

  FilterQuestions(Pool pool, Events events) {
    this.pool = pool;
    this.events = events;
  }

  private record Question(String type, Filter filter, String value) {}

  /// Filters of several candidates, as far as they are not decided yet.
  static final class Batch {
    private final Map<Question, List<Integer>> open = new LinkedHashMap<>();

    /// Tests what can be tested in memory and remembers the rest.
    ///
    /// @return false when a filter is not met
    boolean add(int candidate, RowView view, List<Filter> filters) {
      var undecided = new ArrayList<Question>(0);
      for (var filter : filters) {
        var index = view.table.index(filter.column());
        var cell = view.filtered(filter.column());
        if (index.isEmpty() || cell == null) {
          return false;
        }
        var column = view.table.columns().get(index.getAsInt());
        var text = RowView.text(cell);
        switch (filter.test(column.type(), text)) {
          case PASSES -> {}
          case FAILS -> {
            return false;
          }
          case ASK ->
              undecided.add(new Question(column.sqlType(), filter, text == null ? "" : text));
        }
      }
      undecided.forEach(
          question -> open.computeIfAbsent(question, q -> new ArrayList<>()).add(candidate));
      return true;
    }
  }

  /// The candidates that do not meet one of their filters.
  BitSet failed(Batch batch) {
    var failed = new BitSet();
    var questions = List.copyOf(batch.open.keySet());
    for (int from = 0; from < questions.size(); from += QUESTIONS_A_TRIP) {
      int to = Math.min(from + QUESTIONS_A_TRIP, questions.size());
      var some = questions.subList(from, to);
      var answers = answers(some);
      for (var question : some) {
        if (!answers.getOrDefault(question, false)) {
          batch.open.getOrDefault(question, List.of()).forEach(failed::set);
        }
      }
    }
    return failed;
  }

  private Map<Question, Boolean> answers(List<Question> questions) {
    try {
      return ask(questions);
    } catch (PostgresException e) {
      if (Failures.passes(e)) {
        throw e;
      }
      if (questions.size() == 1) {
        var only = questions.getFirst();
        events.publish(
            new ChangesEvent.NotAsked("filter on " + only.filter().column(), "", e.getMessage()));
        return Map.of();
      }
      // One value may not be comparable; the others must not suffer for it.
      var found = new HashMap<Question, Boolean>();
      questions.forEach(question -> found.putAll(answers(List.of(question))));
      return found;
    }
  }

  private Map<Question, Boolean> ask(List<Question> questions) {
    var sql = new StringBuilder("select ");
    for (var question : questions) {
      sql.append(sql.length() > 7 ? ", " : "").append(question.filter().sql(question.type()));
    }
    return pool.transaction(connection -> {
      try (var role = connection.prepareStatement("set local role service_role");
          var query = connection.prepareStatement(sql.toString())) {
        role.execute();
        int place = 1;
        for (var question : questions) {
          query.setString(place++, question.value());
          query.setString(place++, question.filter().bound());
        }
        var found = new HashMap<Question, Boolean>();
        try (var row = query.executeQuery()) {
          row.next();
          for (int i = 0; i < questions.size(); i++) {
            found.put(questions.get(i), row.getBoolean(i + 1));
          }
        }
        return found;
      }
    });
  }
}
