package dev.freehold.backend.supabase.mail;

import java.util.Locale;
import java.util.Set;

/// Writes a template's values into HTML, each by the place it stands in, as Go's html/template
/// does: in text and attributes as characters, in an address as an address, behind its `?` or `#`
/// as one value of it. In scripts, styles and event attributes no value is written.
///
/// It follows the template's own words alone, never the values, so that no value can change where
/// the next one seems to stand.
final class HtmlOutput implements GoTemplate.Output {
  private static final Set<String> ADDRESSES =
      Set.of("href", "src", "action", "formaction", "background", "cite", "poster", "longdesc");
  private static final Set<String> RAW = Set.of("script", "style");

  /// Where the next character stands.
  private enum Place {
    TEXT,
    COMMENT,
    TAG,
    VALUE
  }

  private final StringBuilder html = new StringBuilder();
  private Place place = Place.TEXT;
  private final StringBuilder tag = new StringBuilder();
  private char quote;
  private String attribute = "";
  private String raw = "";
  private boolean addressBegun;
  private boolean inQuery;

  @Override
  public void text(String text) {
    for (int i = 0; i < text.length(); i++) {
      follow(text, i);
    }
    html.append(text);
  }

  @Override
  public void value(String value) {
    html.append(written(value));
    addressBegun = true;
    if (place == Place.TAG) {
      tag.append(MailEscape.REFUSED);
    }
  }

  String html() {
    return html.toString();
  }

  private String written(String value) {
    if (!raw.isEmpty() || place == Place.TAG) {
      return MailEscape.REFUSED;
    }
    return switch (place) {
      case COMMENT -> "";
      case TEXT, TAG -> MailEscape.html(value);
      case VALUE -> inAttribute(value);
    };
  }

  private String inAttribute(String value) {
    if (attribute.startsWith("on") || attribute.equals("style") || attribute.equals("srcdoc")) {
      return MailEscape.REFUSED;
    }
    if (!ADDRESSES.contains(attribute)) {
      var text = MailEscape.html(value);
      return quote == 0 ? text.replaceAll("[\\s=`]", "_") : text;
    }
    if (inQuery) {
      return MailEscape.query(value);
    }
    if (!addressBegun && !MailEscape.isSafeAddress(value.strip())) {
      return "#" + MailEscape.REFUSED;
    }
    return MailEscape.html(MailEscape.address(value));
  }

  private void follow(String text, int i) {
    char c = text.charAt(i);
    switch (place) {
      case TEXT -> {
        boolean closesRaw =
            raw.isEmpty() || text.regionMatches(true, i, "</" + raw, 0, raw.length() + 2);
        if (c == '<' && closesRaw) {
          raw = "";
          tag.setLength(0);
          place = text.startsWith("<!--", i) ? Place.COMMENT : Place.TAG;
        }
      }
      case COMMENT -> {
        if (c == '>' && i >= 2 && text.startsWith("--", i - 2)) {
          place = Place.TEXT;
        }
      }
      case TAG -> inTag(c);
      case VALUE -> inValue(c);
    }
  }

  private void inTag(char c) {
    if (c == '>') {
      var name = tag.toString().strip().split("[\\s/>]", 2)[0].toLowerCase(Locale.ROOT);
      raw = RAW.contains(name) ? name : "";
      place = Place.TEXT;
      return;
    }
    var soFar = tag.toString();
    if (soFar.stripTrailing().endsWith("=") && !Character.isWhitespace(c)) {
      var parts = soFar.stripTrailing().split("[\\s/=]+");
      attribute = parts.length == 0 ? "" : parts[parts.length - 1].toLowerCase(Locale.ROOT);
      quote = c == '"' || c == '\'' ? c : 0;
      place = Place.VALUE;
      addressBegun = false;
      inQuery = false;
      tag.append("v ");
      if (quote == 0) {
        inValue(c);
      }
      return;
    }
    tag.append(c);
  }

  private void inValue(char c) {
    boolean ends = quote == 0 ? Character.isWhitespace(c) || c == '>' : c == quote;
    if (ends) {
      place = Place.TAG;
      tag.append(' ');
      if (c == '>') {
        inTag(c);
      }
      return;
    }
    addressBegun = addressBegun || !Character.isWhitespace(c);
    inQuery = inQuery || c == '?' || c == '#';
  }
}
