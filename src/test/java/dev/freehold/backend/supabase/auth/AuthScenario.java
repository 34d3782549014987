package dev.freehold.backend.supabase.auth;

import java.util.ArrayList;
import java.util.List;

/// One step of a scenario file: a request and the answer it must get.
///
/// ```
/// == what it shows
/// sql: update auth.users set …
/// advance: 61
/// POST /path as admin
/// {"body":"${variable}"}
/// -- 200 variable=/pointer
/// {"part":"of the answer","id":"*"}
/// ```
///
/// A refusal is `-- STATUS code message`; a message that ends with `…` goes on somehow. It must
/// come in both formats (`oauth:` before the code asks for OAuth's own form, `·` stands for a
/// blank), unless it stands after `-! `, because a second one would get another. A redirection is
/// `-- 303 regular expression of its target`.
///
/// @param as `admin`, a variable that holds an access token, or nothing
/// @param expected what follows the status
record AuthScenario(
    String name,
    List<String> before,
    String method,
    String path,
    String as,
    String body,
    boolean isOnce,
    int status,
    String expected,
    String answer) {

  /// The steps of a file, which begins with a line of settings.
  static List<AuthScenario> read(String text) {
    var all = new ArrayList<AuthScenario>();
    var blocks = text.split("(?m)^== ");
    for (int i = 1; i < blocks.length; i++) {
      all.add(one(blocks[i]));
    }
    return all;
  }

  private static AuthScenario one(String block) {
    var lines = List.of(block.strip().split("\n"));
    int request = 1;
    while (lines.get(request).matches("[a-z]+: .*")) {
      request++;
    }
    int reply = request;
    while (!lines.get(reply).matches("-[-!] .*")) {
      reply++;
    }
    var words = lines.get(request).split(" ");
    var answer = lines.get(reply).split(" ", 3);
    return new AuthScenario(
        lines.getFirst(),
        lines.subList(1, request),
        words[0],
        words[1],
        words.length > 3 ? words[3] : "",
        String.join("\n", lines.subList(request + 1, reply)),
        answer[0].equals("-!"),
        Integer.parseInt(answer[1]),
        answer.length > 2 ? answer[2] : "",
        String.join("\n", lines.subList(reply + 1, lines.size())).strip());
  }

  boolean isRefusal() {
    return status >= 400;
  }
}
