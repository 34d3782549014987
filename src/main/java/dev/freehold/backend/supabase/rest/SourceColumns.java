package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/// The columns that a write or a call must give, so that what is shown of it can be read from them.
final class SourceColumns {
  private final SchemaCache cache;
  private final ReadPlan read;
  private final SequencedSet<String> names = new LinkedHashSet<>();

  private SourceColumns(SchemaCache cache, ReadPlan read) {
    this.cache = cache;
    this.read = read;
  }

  /// @param key columns that are needed besides those the plan shows
  /// @return `*` for all of them
  static List<String> of(SchemaCache cache, ReadPlan read, List<String> key) {
    var columns = new SourceColumns(cache, read);
    columns.names.addAll(key);
    columns.shown();
    columns.embedding();
    read.conditions().forEach(columns::filtering);
    return columns.settled();
  }

  private void shown() {
    for (var column : read.columns()) {
      if (!column.field().column().isEmpty()) {
        names.add(column.field().column());
      }
    }
    for (var planned : read.orders()) {
      if (planned.embed().isEmpty()) {
        names.add(planned.order().field().column());
      }
    }
  }

  private void embedding() {
    for (var embed : read.embeds()) {
      switch (embed.relationship()) {
        case Relationship.Key key -> key.pairs().forEach(pair -> names.add(pair.column()));
        case Relationship.Junction junction ->
            junction.near().forEach(pair -> names.add(pair.column()));
        case Relationship.Computed _ -> names.add("*");
      }
    }
  }

  private void filtering(Condition condition) {
    switch (condition) {
      case Condition.Group group -> group.parts().forEach(this::filtering);
      case Condition.Filter filter -> names.add(filter.field().column());
      case Condition.EmbedFound _ -> {}
    }
  }

  /// All columns bring all names but those of computed fields.
  private List<String> settled() {
    if (!names.remove("*")) {
      return List.copyOf(names);
    }
    names.removeIf(name -> !computed(name));
    names.addFirst("*");
    return List.copyOf(names);
  }

  private boolean computed(String name) {
    return read.table()
        .map(table -> cache.computedFields().getOrDefault(table.name(), Set.of()).contains(name))
        .orElse(false);
  }
}
