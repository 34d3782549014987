package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.List;

/// One request and the answer it must get, as the scenario files hold them:
///
/// ```
/// == what it shows
/// GET /things?id=eq.1
/// Prefer: count=exact
///
/// body lines, if any
/// -- 200
/// Content-Range: 0-0/1
///
/// expected body
/// ```
///
/// Only the listed headers of the answer are compared; `!Name` says that there is none.
record Scenario(
    String name,
    String method,
    String target,
    List<String> headers,
    String body,
    int status,
    List<String> expectedHeaders,
    String expectedBody) {

  static List<Scenario> read(String text) {
    var all = new ArrayList<Scenario>();
    for (var block : text.split("(?m)^== ")) {
      if (!block.isBlank()) {
        all.add(one(block));
      }
    }
    return all;
  }

  private static Scenario one(String block) {
    var lines = List.of(block.split("\n", -1));
    int answer = 0;
    while (!lines.get(answer).startsWith("-- ")) {
      answer++;
    }
    var request = lines.subList(1, answer);
    var reply = lines.subList(answer + 1, lines.size());
    var first = request.getFirst();
    int space = first.indexOf(' ');
    var headers = new ArrayList<String>();
    for (var line : head(request.subList(1, request.size()))) {
      int colon = line.indexOf(": ");
      headers.add(line.substring(0, colon));
      headers.add(line.substring(colon + 2));
    }
    return new Scenario(
        lines.getFirst(),
        first.substring(0, space),
        first.substring(space + 1),
        List.copyOf(headers),
        tail(request.subList(1, request.size())),
        Integer.parseInt(lines.get(answer).substring(3).strip()),
        head(reply),
        tail(reply));
  }

  private static List<String> head(List<String> lines) {
    return lines.stream().takeWhile(line -> !line.isEmpty()).toList();
  }

  private static String tail(List<String> lines) {
    int start = lines.indexOf("");
    return start < 0
        ? ""
        : String.join("\n", lines.subList(start + 1, lines.size())).stripTrailing();
  }

  @Override
  public String toString() {
    return name + ": " + method + " " + target;
  }
}
