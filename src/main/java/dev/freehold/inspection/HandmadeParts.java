package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Tells of what somebody made by hand in the old project: buckets that the code uses and tables
/// that it listens to, without a schema migration that makes or publishes them. Silent as soon as a
/// statement put together at run time might do it.
final class HandmadeParts {
  /// Most names written out as SQL in one hint.
  private static final int SQL_NAMES = 20;

  private HandmadeParts() {}

  static void tell(
      Sources sources, SupabaseUse supabase, Schema schema, Consumer<Finding> findings) {
    if (!supabase.used()) {
      return;
    }
    var codes = new ArrayList<>(sources.shipped());
    codes.addAll(sources.codes(CodeArea::isFunction));
    var constants = new StringConstants(codes);
    buckets(BucketUse.find(codes, constants), schema, findings);
    tables(ChangeListener.find(codes, constants), schema, findings);
  }

  private static void buckets(BucketUse use, Schema schema, Consumer<Finding> findings) {
    var missing = new TreeMap<>(use.first());
    missing.keySet().removeAll(new TreeSet<>(schema.buckets()));
    missing.keySet().removeAll(use.made());
    if (missing.isEmpty() || use.computed() || schema.computedBuckets()) {
      return;
    }
    var rows =
        some(
            missing.keySet(),
            name -> "('%1$s', '%1$s', %2$s)".formatted(name, use.open().contains(name)));
    findings.accept(
        Finding.warning(
            "bucket-missing",
            Names.count(missing.size(), "bucket is", "buckets are")
                + " used and made by no schema migration: "
                + Names.list(missing.keySet()),
            List.copyOf(missing.values()),
            "by a schema migration or by SQL: insert into storage.buckets (id, name, public) values"
                + " "
                + rows));
  }

  private static void tables(
      Map<ChangeListener, Place> listened, Schema schema, Consumer<Finding> findings) {
    var published = new TreeSet<String>();
    schema.realtimeTables().forEach(name -> published.add(name.toLowerCase(Locale.ROOT)));
    var missing = new TreeMap<>(listened);
    missing
        .keySet()
        .removeIf(table -> published.contains(table.qualified().toLowerCase(Locale.ROOT)));
    if (missing.isEmpty() || schema.computedRealtime()) {
      return;
    }
    findings.accept(
        Finding.warning(
            "realtime-unpublished",
            "pages listen to "
                + Names.count(missing.size(), "table")
                + " that no schema migration publishes: "
                + Names.list(missing.keySet().stream().map(ChangeListener::told).toList()),
            List.copyOf(missing.values()),
            "by a schema migration or by SQL: alter publication supabase_realtime add table "
                + some(missing.keySet(), ChangeListener::sql)));
  }

  private static <T> String some(Collection<T> all, Function<T, String> written) {
    int hidden = all.size() - SQL_NAMES;
    return all.stream().limit(SQL_NAMES).map(written).collect(Collectors.joining(", "))
        + (hidden > 0 ? ", and so on for " + hidden + " more" : "");
  }
}
