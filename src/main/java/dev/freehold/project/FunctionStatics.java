package dev.freehold.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `static_files` of a Supabase project's functions: patterns of the files that they read while
/// they run.
public final class FunctionStatics {
  private FunctionStatics() {}

  /// By the function's name, as written. Functions without any are left out.
  public static Map<String, List<String>> read(String toml) {
    var all = new TreeMap<String, List<String>>();
    for (var function : ConfigTables.read(toml).path("functions").properties()) {
      var patterns = new ArrayList<String>();
      for (var written : function.getValue().path("static_files")) {
        patterns.add(written.asString(""));
      }
      if (!patterns.isEmpty()) {
        all.put(function.getKey(), List.copyOf(patterns));
      }
    }
    return all;
  }
}
