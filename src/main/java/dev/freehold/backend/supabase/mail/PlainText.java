package dev.freehold.backend.supabase.mail;

import java.util.regex.Pattern;

/// The text part of a mail, made of its HTML part: links keep their address, blocks their line.
final class PlainText {
  private static final Pattern UNSEEN =
      Pattern.compile("(?is)<(head|style|script|title)\\b.*?</\\1\\s*>|<!--.*?-->|<!doctype[^>]*>");
  private static final Pattern LINK =
      Pattern.compile(
          "(?is)<a\\b[^>]*?\\bhref\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)')[^>]*>(.*?)</a\\s*>");
  private static final Pattern BREAK =
      Pattern.compile("(?i)<br\\s*/?>|</(p|div|tr|h[1-6]|li|table|ul|ol|blockquote)\\s*>");
  private static final Pattern TAG = Pattern.compile("(?s)<[^>]*>");

  private PlainText() {}

  static String of(String html) {
    var text = UNSEEN.matcher(html).replaceAll("");
    text = text.replaceAll("\\s+", " ");
    text =
        LINK.matcher(text)
            .replaceAll(link -> java.util.regex.Matcher.quoteReplacement(spelt(link)));
    text = BREAK.matcher(text).replaceAll("\n");
    text = TAG.matcher(text).replaceAll("");
    var lines = new StringBuilder();
    for (var line : unescaped(text).lines().toList()) {
      lines.append(line.strip()).append('\n');
    }
    return lines.toString().replaceAll("\n{3,}", "\n\n").strip() + "\n";
  }

  private static String spelt(java.util.regex.MatchResult link) {
    var target = link.group(1) == null ? link.group(2) : link.group(1);
    var words = TAG.matcher(link.group(3)).replaceAll("").strip();
    return words.isEmpty() || words.equals(target) ? target : words + ": " + target;
  }

  private static String unescaped(String text) {
    return text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
