package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Select.FieldPath;
import java.util.List;

/// A boolean condition on rows, as written in the query string.
sealed interface Condition {

  /// `and(…)` or `or(…)`.
  record Group(boolean negated, boolean or, List<Condition> parts) implements Condition {
    Condition of(List<Condition> inside) {
      return new Group(negated, or, inside);
    }
  }

  /// `column.operator.value`.
  record Filter(FieldPath field, boolean negated, Test test) implements Condition {}

  /// Whether an embed found rows; made by [ReadPlanner] from a null test on the embed's name.
  record EmbedFound(ReadPlan.Embedded embed, boolean found) implements Condition {}

  /// What a column is tested for.
  sealed interface Test {}

  /// An operator with one value.
  record Compare(Operator operator, Quantifier quantifier, String value) implements Test {
    Compare of(String text) {
      return new Compare(operator, quantifier, operator.pattern() ? text.replace('*', '%') : text);
    }
  }

  /// `is.null` and its like, in SQL's words.
  record Is(String what) implements Test {}

  /// `isdistinct.value`.
  record IsDistinct(String value) implements Test {}

  /// `in.(a,b)`.
  record In(List<String> values) implements Test {}

  /// Full text search.
  ///
  /// @param function `to_tsquery` and its like
  /// @param language a text search configuration, empty for the default
  record Search(String function, String language, String value) implements Test {
    Search of(String text) {
      return new Search(function, language, text);
    }
  }

  /// Whether an operator takes an array of values.
  enum Quantifier {
    NONE,
    ANY,
    ALL
  }

  /// Operators of one value. The order is the one in which PostgREST lists them.
  enum Operator {
    EQ("eq", "=", true),
    GTE("gte", ">=", true),
    GT("gt", ">", true),
    LTE("lte", "<=", true),
    LT("lt", "<", true),
    LIKE("like", "like", true),
    ILIKE("ilike", "ilike", true),
    MATCH("match", "~", true),
    IMATCH("imatch", "~*", true),
    NEQ("neq", "<>", false),
    CS("cs", "@>", false),
    CD("cd", "<@", false),
    OV("ov", "&&", false),
    SL("sl", "<<", false),
    SR("sr", ">>", false),
    NXR("nxr", "&<", false),
    NXL("nxl", "&>", false),
    ADJ("adj", "-|-", false);

    private final String word;
    private final String sql;
    private final boolean quantifiable;

    Operator(String word, String sql, boolean quantifiable) {
      this.word = word;
      this.sql = sql;
      this.quantifiable = quantifiable;
    }

    String word() {
      return word;
    }

    String sql() {
      return sql;
    }

    boolean quantifiable() {
      return quantifiable;
    }

    /// Whether `*` stands for `%` in its value.
    boolean pattern() {
      return this == LIKE || this == ILIKE;
    }
  }
}
