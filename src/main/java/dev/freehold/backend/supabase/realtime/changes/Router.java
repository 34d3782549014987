package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.realtime.changes.Registry.Bound;
import dev.freehold.postgres.Pool;
import dev.freehold.telemetry.Events;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides who hears of a change and what they are told.
///
/// In three steps, each over many changes at once: filters, as far as possible in memory; the
/// question to PostgreSQL which rows each distinct session may select; the text, written once for
/// all who may read the same columns.
final class Router {
  private static final String NO_KEY = "Error 400: Bad Request, no primary key";
  private static final String UNREADABLE = "Error 401: Unauthorized";

  private final Tables tables;
  private final FilterQuestions filters;
  private final Settled settled;
  private final Visibility visibility;
  private final ChangeData data;

  Router(Pool pool, Tables tables, Events events) {
    this.tables = tables;
    this.filters = new FilterQuestions(pool, events);
    this.settled = new Settled(pool, events);
    this.visibility = new Visibility(pool, events);
    this.data = new ChangeData(pool);
  }

  /// Who listens to a table.
  interface Listeners {
    Collection<Bound> on(String schema, String table);
  }

  /// A change that a binding would hear of if its session may see the row.
  private record Candidate(int change, Bound bound, Session session) {}

  /// @return in the order of the changes
  List<Delivery> route(List<Change.Row> rows, Listeners listeners) {
    var views = new ArrayList<RowView>();
    for (var row : rows) {
      if (!listeners.on(row.table().schema(), row.table().table()).isEmpty()) {
        tables.table(row.table().id()).ifPresent(table -> views.add(new RowView(row, table)));
      }
    }
    var candidates = candidates(views, listeners);
    var seen = seen(views, candidates);
    var deliveries = new ArrayList<Delivery>();
    int from = 0;
    for (int change = 0; change < views.size(); change++) {
      int to = from;
      while (to < candidates.size() && candidates.get(to).change() == change) {
        to++;
      }
      deliver(views.get(change), candidates.subList(from, to), seen, deliveries);
      from = to;
    }
    return deliveries;
  }

  private List<Candidate> candidates(List<RowView> views, Listeners listeners) {
    var passing = new ArrayList<Candidate>();
    var asked = new FilterQuestions.Batch();
    for (int change = 0; change < views.size(); change++) {
      var view = views.get(change);
      for (var bound : listeners.on(view.row.table().schema(), view.row.table().table())) {
        if (!bound.subscription.isTold(view.row.by()) || !bound.binding.wants(view.action())) {
          continue;
        }
        if (asked.add(passing.size(), view, bound.binding.filters())) {
          passing.add(new Candidate(change, bound, bound.subscription.session()));
        }
      }
    }
    var failed = filters.failed(asked);
    if (failed.isEmpty()) {
      return passing;
    }
    var kept = new ArrayList<Candidate>();
    for (int i = 0; i < passing.size(); i++) {
      if (!failed.get(i)) {
        kept.add(passing.get(i));
      }
    }
    return kept;
  }

  /// A table and a session to the changes of it that the session may see. By the claims' text: a
  /// session has one object each time its token is read.
  private record Asked(long table, String claims) {}

  private Map<Asked, BitSet> seen(List<RowView> views, List<Candidate> candidates) {
    var wanted = new LinkedHashMap<Long, Map<String, LinkedHashSet<Integer>>>();
    var transactions = new HashSet<WalMessage.Begin>();
    var sessions = new HashMap<String, Session>();
    for (var candidate : candidates) {
      var view = views.get(candidate.change());
      if (guarded(view) && readableKeys(view, candidate.session().role()) == null) {
        transactions.add(view.row.by());
        sessions.put(candidate.session().claimsJson(), candidate.session());
        wanted
            .computeIfAbsent(view.table.oid(), oid -> new LinkedHashMap<>())
            .computeIfAbsent(candidate.session().claimsJson(), c -> new LinkedHashSet<>())
            .add(candidate.change());
      }
    }
    if (!wanted.isEmpty()) {
      settled.await(transactions);
    }
    var seen = new HashMap<Asked, BitSet>();
    wanted.forEach((oid, bySession) -> {
      var changes = bySession.values().stream().map(List::copyOf).toList();
      var table = views.get(changes.getFirst().getFirst()).table;
      var claims = List.copyOf(bySession.keySet());
      var questions = new ArrayList<Visibility.Question>();
      for (int i = 0; i < claims.size(); i++) {
        var session = Objects.requireNonNull(sessions.get(claims.get(i)));
        var keys = changes.get(i).stream().map(change -> keys(views.get(change))).toList();
        questions.add(new Visibility.Question(session, keys));
      }
      var answers = visibility.visible(table, questions);
      for (int i = 0; i < claims.size(); i++) {
        var visible = new BitSet();
        var asked = changes.get(i);
        answers.get(i).stream().forEach(place -> visible.set(asked.get(place)));
        seen.put(new Asked(oid, claims.get(i)), visible);
      }
    });
    return seen;
  }

  private static boolean guarded(RowView view) {
    return view.table.rls() && view.action() != Change.Action.DELETE;
  }

  private static List<String> keys(RowView view) {
    return view.table.keys().stream()
        .map(key -> {
          var cell = view.now(key.name());
          var text = cell == null ? null : RowView.text(cell);
          return text == null ? "" : text;
        })
        .toList();
  }

  /// Why the role cannot be told of an INSERT or UPDATE at all; null when it can.
  private @Nullable String readableKeys(RowView view, String role) {
    if (view.action() == Change.Action.DELETE) {
      return null;
    }
    var keys = view.table.keys();
    if (keys.isEmpty()) {
      return NO_KEY;
    }
    var readable = tables.selectable(view.table, role);
    return keys.stream().allMatch(key -> readable.contains(key.name())) ? null : UNREADABLE;
  }

  /// What decides over the text: role and columns.
  private record Reading(String role, Optional<List<String>> columns) {}

  private record Heard(Subscription by, Reading reading) {}

  private void deliver(
      RowView view,
      List<Candidate> candidates,
      Map<Asked, BitSet> seen,
      List<Delivery> deliveries) {
    var heard = new LinkedHashMap<Heard, List<Integer>>();
    for (var candidate : candidates) {
      var session = candidate.session();
      if (!guarded(view)
          || readableKeys(view, session.role()) != null
          || isSeen(candidate, view, seen)) {
        var reading = new Reading(session.role(), candidate.bound().binding.selected());
        heard
            .computeIfAbsent(
                new Heard(candidate.bound().subscription, reading), h -> new ArrayList<>())
            .add(candidate.bound().binding.id());
      }
    }
    var texts = new HashMap<Reading, byte[]>();
    heard.forEach((who, ids) ->
        deliveries.add(
            new Delivery(
                who.by(),
                ids.stream().distinct().sorted().toList(),
                texts.computeIfAbsent(who.reading(), reading -> text(view, reading)))));
  }

  private static boolean isSeen(Candidate candidate, RowView view, Map<Asked, BitSet> seen) {
    var visible = seen.get(new Asked(view.table.oid(), candidate.session().claimsJson()));
    return visible != null && visible.get(candidate.change());
  }

  private byte[] text(RowView view, Reading reading) {
    var refused = readableKeys(view, reading.role());
    return refused == null
        ? data.of(view, tables.selectable(view.table, reading.role()), reading.columns())
        : data.refusal(view, refused);
  }
}
