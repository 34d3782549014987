package dev.freehold.backend.supabase.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/// How a file of variables is read.
class FunctionVariablesTest {
  @Test
  void valuesAreReadAsTheyAreWrittenInSuchFiles() {
    var text =
        """
        # a comment = none
        PLAIN=some words   # and a comment
          export SPACED = padded
        EMPTY=
        HASH=a#b
        SINGLE='as $it is # \\n'
        DOUBLE="with \\"quotes\\"\\tand a \\\\ # in it" # said
        KEY="-----BEGIN KEY-----
        abc=
        -----END KEY-----"
        1WRONG=x
        no assignment
        LAST=$5.00\
        """;
    assertThat(FunctionVariables.assignments(text))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "PLAIN", "some words",
                "SPACED", "padded",
                "EMPTY", "",
                "HASH", "a#b",
                "SINGLE", "as $it is # \\n",
                "DOUBLE", "with \"quotes\"\tand a \\ # in it",
                "KEY", "-----BEGIN KEY-----\nabc=\n-----END KEY-----",
                "LAST", "$5.00"));
  }
}
