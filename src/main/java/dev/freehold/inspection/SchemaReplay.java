package dev.freehold.inspection;

import dev.freehold.inspection.SchemaState.Function;
import dev.freehold.inspection.SchemaState.Policy;
import dev.freehold.inspection.SchemaState.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Replays migrations on paper: follows CREATE, ALTER and DROP of tables, policies and functions
/// through all files, so that only what is left at the end is judged. Half of the policies in real
/// exports are dropped again by a later file.
///
/// `DO` blocks are entered. A statement put together at run time is followed where it is a plain
/// string, or a `format` in a loop over an array of names written out beside it; otherwise only the
/// fact that it is there is kept.
final class SchemaReplay {
  private static final Set<String> KNOWN_SCHEMAS =
      Set.of(
          "auth",
          "storage",
          "realtime",
          "extensions",
          "vault",
          "cron",
          "net",
          "pgmq",
          "graphql",
          "supabase_functions",
          "supabase_migrations");
  private static final String USERS = "auth.users";
  private static final Pattern HOST = Pattern.compile("https?://([A-Za-z0-9.-]+)");
  private static final Pattern FORMAT_MARK = Pattern.compile("%(?:\\d+\\$)?[IsL]");
  private static final int MAX_NESTING = 4;

  private final SchemaState state;
  private final PublicationReplay publications;
  private String file = "";
  private int nesting;

  SchemaReplay(SchemaState state) {
    this.state = state;
    this.publications = new PublicationReplay(state);
  }

  /// Replays one file and answers how many statements it holds.
  int replay(String path, String sql) {
    file = path;
    var statements = SqlScript.statements(sql);
    for (var one : statements) {
      int buckets = state.bucketInsertsRead;
      int changes = state.publicationsRead;
      statement(one);
      state.computedBuckets |= UnreadSql.bucketInserts(one) > state.bucketInsertsRead - buckets;
      state.computedRealtime |=
          UnreadSql.publicationChanges(one) > state.publicationsRead - changes;
    }
    return statements.size();
  }

  private void statement(SqlStatement s) {
    noteNames(s);
    if (s.accept("create")) {
      create(s);
    } else if (s.accept("alter")) {
      alter(s);
    } else if (s.accept("drop")) {
      drop(s);
    } else if (s.accept("do")) {
      doBlock(s);
    } else if (s.accept("insert", "into")) {
      insert(s);
    } else if (s.accept("update")) {
      s.accept("only");
      users(s, s.name());
    }
  }

  /// Calls and schemas that matter wherever they stand.
  private void noteNames(SqlStatement s) {
    var tokens = s.tokens();
    for (int i = 0; i + 2 < tokens.size(); i++) {
      if (!tokens.get(i).isName() || !tokens.get(i + 1).isSymbol('.')) {
        continue;
      }
      var schema = tokens.get(i).text();
      if (KNOWN_SCHEMAS.contains(schema)) {
        state.schemas.add(schema);
      }
      if (schema.equals("cron") && tokens.get(i + 2).is("schedule")) {
        cronJob(s.from(i + 3), tokens.get(i).line());
      }
      if (schema.equals("cron") && tokens.get(i + 2).is("unschedule")) {
        var named = s.from(i + 3).brackets();
        if (!named.isEmpty()) {
          state.cronJobs.removeIf(job -> job.name().equals(named.getFirst().text()));
        }
      }
    }
    for (int i = 0; i + 1 < tokens.size(); i++) {
      if (tokens.get(i).kind() == SqlToken.Kind.WORD) {
        ExtensionNeeds.impliedBy(tokens.get(i).text(), tokens.get(i + 1))
            .ifPresent(state.extensions::add);
      }
    }
  }

  private void cronJob(SqlStatement call, int line) {
    var strings = new ArrayList<String>();
    for (var token : call.brackets()) {
      if (token.kind() == SqlToken.Kind.STRING) {
        strings.add(token.text());
      }
    }
    var name = strings.isEmpty() ? "unnamed" : strings.getFirst();
    var schedule = strings.size() > 1 ? strings.get(1) : "";
    var hosts = new TreeSet<String>();
    strings.forEach(text -> HOST.matcher(text).results().forEach(m -> hosts.add(m.group(1))));
    state.cronJobs.removeIf(job -> job.name().equals(name));
    state.cronJobs.add(
        new Schema.CronJob(name, schedule, List.copyOf(hosts), new Place(file, line)));
  }

  private void create(SqlStatement s) {
    s.accept("or", "replace");
    boolean temporary = s.accept("temp") || s.accept("temporary");
    s.accept("unlogged");
    if (s.accept("table")) {
      s.accept("if", "not", "exists");
      var name = s.name().qualified();
      if (!temporary) {
        state.tables.putIfAbsent(name, new Table(false, place(s)));
      }
    } else if (s.accept("policy")) {
      policy(s, false);
    } else if (s.accept("function") || s.accept("procedure")) {
      function(s);
    } else if (s.accept("extension")) {
      s.accept("if", "not", "exists");
      state.extensions.add(s.take().text());
    } else if (s.accept("schema")) {
      s.accept("if", "not", "exists");
      state.schemas.add(s.take().text());
    } else if (s.accept("trigger")) {
      if (s.seek("on")) {
        s.take();
        state.authTrigger |= s.name().qualified().equals(USERS);
      }
    } else if (s.accept("publication")) {
      publications.create(s);
    }
  }

  private void alter(SqlStatement s) {
    if (s.accept("table")) {
      s.accept("if", "exists");
      s.accept("only");
      alterTable(s, s.name());
    } else if (s.accept("policy")) {
      policy(s, true);
    } else if (s.accept("function")) {
      var key = functionKey(s);
      if (s.contains("set", "search_path")) {
        changeFunctions(key, f -> new Function(f.definer(), true, f.created()));
      }
      if (s.contains("security", "invoker")) {
        changeFunctions(key, f -> new Function(false, f.searchPath(), f.created()));
      }
      if (s.contains("security", "definer")) {
        changeFunctions(key, f -> new Function(true, f.searchPath(), f.created()));
      }
    } else if (s.accept("publication")) {
      publications.alter(s);
    }
  }

  private void alterTable(SqlStatement s, SqlStatement.Name table) {
    if (s.contains("enable", "row", "level", "security")) {
      state.rowSecurity(table.qualified(), true);
    } else if (s.contains("disable", "row", "level", "security")) {
      state.rowSecurity(table.qualified(), false);
    } else if (s.accept("rename", "to")) {
      state.renameTable(table.qualified(), table.schema() + "." + s.take().text());
    } else if (s.accept("set", "schema")) {
      state.renameTable(table.qualified(), s.take().text() + "." + table.name());
    }
  }

  private void drop(SqlStatement s) {
    if (s.accept("table")) {
      s.accept("if", "exists");
      do {
        state.dropTable(s.name().qualified());
      } while (s.acceptSymbol(','));
    } else if (s.accept("policy")) {
      s.accept("if", "exists");
      var name = s.take().text();
      if (s.accept("on")) {
        state.policiesOf(s.name().qualified()).remove(name);
      }
    } else if (s.accept("function") || s.accept("procedure")) {
      s.accept("if", "exists");
      var key = functionKey(s);
      if (state.functions.remove(key) == null) {
        state.functions.keySet().removeIf(k -> k.startsWith(nameOf(key)));
      }
    } else if (s.accept("schema")) {
      s.accept("if", "exists");
      var schema = s.take().text();
      state.tables.keySet().stream()
          .filter(t -> t.startsWith(schema + "."))
          .toList()
          .forEach(state::dropTable);
    } else if (s.accept("publication")) {
      publications.drop(s);
    }
  }

  private void policy(SqlStatement s, boolean change) {
    int line = s.line();
    var name = s.take().text();
    if (!s.accept("on")) {
      return;
    }
    var own = state.policiesOf(s.name().qualified());
    var before = own.get(name);
    if (change && before == null) {
      return;
    }
    if (s.accept("rename", "to")) {
      own.put(s.take().text(), java.util.Objects.requireNonNull(own.remove(name)));
      return;
    }
    own.put(name, readPolicy(s, before, new Place(file, line)));
  }

  private static Policy readPolicy(
      SqlStatement s, @org.jspecify.annotations.Nullable Policy before, Place place) {
    boolean restrictive = before != null && before.restrictive();
    var command = before == null ? "all" : before.command();
    Set<String> roles = before == null ? Set.of("public") : before.roles();
    boolean usingTrue = before != null && before.usingTrue();
    boolean checkTrue = before != null && before.checkTrue();
    while (!s.atEnd()) {
      if (s.accept("as")) {
        restrictive = s.take().is("restrictive");
      } else if (s.accept("for")) {
        command = s.take().text();
      } else if (s.accept("to")) {
        roles = new TreeSet<>();
        do {
          roles.add(s.take().text());
        } while (s.acceptSymbol(','));
      } else if (s.accept("using")) {
        usingTrue = isTrue(s.brackets());
      } else if (s.accept("with", "check")) {
        checkTrue = isTrue(s.brackets());
      } else {
        s.take();
      }
    }
    return new Policy(command, Set.copyOf(roles), restrictive, usingTrue, checkTrue, place);
  }

  private static boolean isTrue(List<SqlToken> expression) {
    var inner = expression.stream().filter(t -> !t.isSymbol('(') && !t.isSymbol(')')).toList();
    return inner.size() == 1 && inner.getFirst().is("true");
  }

  private void function(SqlStatement s) {
    int line = s.line();
    var key = functionKey(s);
    for (var token : s.tokens()) {
      if (token.kind() == SqlToken.Kind.STRING && token.text().indexOf(';') >= 0) {
        SqlScript.statements(token.text(), token.line()).forEach(this::noteNames);
      }
    }
    state.functions.put(
        key,
        new Function(
            s.contains("security", "definer"),
            s.contains("set", "search_path"),
            new Place(file, line)));
  }

  /// Name and number of arguments: enough to tell overloads apart in practice.
  private static String functionKey(SqlStatement s) {
    var name = s.name().qualified();
    var arguments = s.brackets();
    int depth = 0;
    int count = arguments.isEmpty() ? 0 : 1;
    for (var token : arguments) {
      depth += token.isSymbol('(') ? 1 : token.isSymbol(')') ? -1 : 0;
      count += depth == 0 && token.isSymbol(',') ? 1 : 0;
    }
    return name + "/" + count;
  }

  private static String nameOf(String functionKey) {
    return functionKey.substring(0, functionKey.lastIndexOf('/') + 1);
  }

  private void changeFunctions(String key, java.util.function.UnaryOperator<Function> change) {
    if (state.functions.computeIfPresent(key, (k, f) -> change.apply(f)) == null) {
      state.functions.replaceAll((k, f) -> k.startsWith(nameOf(key)) ? change.apply(f) : f);
    }
  }

  private void users(SqlStatement s, SqlStatement.Name table) {
    if (table.qualified().equals(USERS) && KnownPassword.standsIn(s)) {
      state.knownPasswords.add(place(s));
    }
  }

  private void insert(SqlStatement s) {
    var table = s.name();
    users(s, table);
    if (!table.qualified().equals("storage.buckets")) {
      return;
    }
    BucketInsert.ids(s)
        .ifPresent(ids -> {
          state.bucketInsertsRead++;
          state.buckets.addAll(ids);
        });
  }

  private void doBlock(SqlStatement s) {
    if (nesting >= MAX_NESTING) {
      return;
    }
    nesting++;
    for (var token : s.tokens()) {
      if (token.kind() == SqlToken.Kind.STRING) {
        block(SqlScript.statements(token.text(), token.line()));
      }
    }
    nesting--;
  }

  private void block(List<SqlStatement> body) {
    var listed = listedNames(body);
    boolean sure = UnreadSql.hasOneList(body);
    boolean followed = true;
    for (var one : body) {
      var tokens = one.tokens();
      for (int i = 0; i < tokens.size(); i++) {
        boolean first =
            i == 0
                || tokens.get(i - 1).is("begin")
                || tokens.get(i - 1).is("then")
                || tokens.get(i - 1).is("else")
                || tokens.get(i - 1).is("loop");
        if (tokens.get(i).is("execute")) {
          followed &= execute(one.from(i + 1), listed, sure);
          break;
        }
        if (first && isDefinition(tokens.get(i))) {
          statement(one.from(i));
          break;
        }
      }
    }
    if (!followed) {
      state.computedBuckets |= UnreadSql.mayMakeBuckets(body);
      state.computedRealtime |= UnreadSql.mayPublish(body);
    }
  }

  private static boolean isDefinition(SqlToken token) {
    return token.is("create")
        || token.is("alter")
        || token.is("drop")
        || token.is("insert")
        || token.is("perform")
        || token.is("select")
        || token.is("do");
  }

  /// Answers whether all that it may do was followed; names in a list are sure only when they are
  /// the only ones.
  private boolean execute(SqlStatement s, List<String> listed, boolean sure) {
    s.acceptSymbol('(');
    boolean format = s.accept("format");
    s.acceptSymbol('(');
    if (s.peek().kind() != SqlToken.Kind.STRING) {
      return false;
    }
    var token = s.take();
    long marks = format ? FORMAT_MARK.matcher(token.text()).results().count() : 0;
    boolean marked = marks > 0;
    if (!marked) {
      SqlScript.statements(token.text(), token.line()).forEach(this::statement);
    } else if (listed.isEmpty()) {
      state.computedRowSecurity |=
          token.text().toLowerCase(java.util.Locale.ROOT).contains("enable row level security");
    }
    for (var name : marked ? listed : List.<String>of()) {
      var text = FORMAT_MARK.matcher(token.text()).replaceAll(name);
      SqlScript.statements(text, token.line()).forEach(this::statement);
    }
    return marked ? marks == 1 && sure : !s.peek().isSymbol('|');
  }

  /// The names in `array['a', 'b']` of a block, where they are plain.
  private static List<String> listedNames(List<SqlStatement> body) {
    var names = new ArrayList<String>();
    for (var one : body) {
      boolean inArray = false;
      for (var token : one.tokens()) {
        inArray = token.is("array") || (inArray && !token.isSymbol(']'));
        if (inArray && isPlainText(token)) {
          names.add(token.text());
        }
      }
    }
    return names;
  }

  static boolean isPlainText(SqlToken token) {
    return token.kind() == SqlToken.Kind.STRING && token.text().matches("[a-z_][a-z0-9_]*");
  }

  private Place place(SqlStatement s) {
    return new Place(file, s.line());
  }
}
