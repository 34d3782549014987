package dev.freehold.backend.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an App's code wants sent, in the words of `@lovable.dev/email-js`. Its sender's address,
/// `sender_domain`, `purpose`, `identity_id` are the Vendor's matters and not looked at.
///
/// @param senderName what stands before the address in `from`; may be empty
/// @param key tells the same mail sent again from another mail; empty: each is another
/// @param isTest whether it is only to be looked at, and not sent
record MailRequest(
    List<String> to,
    List<String> cc,
    List<String> bcc,
    String senderName,
    String replyTo,
    String subject,
    String html,
    String text,
    String label,
    String key,
    String unsubscribeToken,
    boolean isTest) {
  private static final int MAX_ADDRESS_CHARS = 254;
  private static final int MAX_NAME_CHARS = 200;
  private static final int MAX_LABEL_CHARS = 100;
  private static final int MAX_KEY_CHARS = 512;

  private static final String ATOM = "[^\\s<>@\"(),;:\\\\\\[\\]\\p{Cntrl}]+";
  private static final Pattern ADDRESS = Pattern.compile(ATOM + "@" + ATOM);
  private static final Pattern NAMED = Pattern.compile("(?s)\\s*(.*?)\\s*<([^<>]*)>\\s*");

  /// What is wrong with it, for whoever wrote the code.
  static final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    Invalid(String why) {
      super(why);
    }
  }

  /// @param key the header field Idempotency-Key; may be empty
  static MailRequest read(byte[] body, String key, int maxRecipients) throws Invalid {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(body);
    } catch (JacksonException notJson) {
      throw new Invalid("The body is no JSON.");
    }
    if (!json.isObject()) {
      throw new Invalid("The body is no JSON object.");
    }
    var to = addresses(json, "to");
    var cc = addresses(json, "cc");
    var bcc = addresses(json, "bcc");
    if (to.isEmpty()) {
      throw new Invalid("to names nobody.");
    }
    if (to.size() + cc.size() + bcc.size() > maxRecipients) {
      throw new Invalid("A mail has at most " + maxRecipients + " recipients.");
    }
    var subject = text(json, "subject");
    var html = text(json, "html");
    var text = text(json, "text");
    if (subject.isBlank() || (html.isBlank() && text.isBlank())) {
      throw new Invalid("A mail has a subject, and html or text.");
    }
    var replyTo = text(json, "reply_to");
    return new MailRequest(
        to,
        cc,
        bcc,
        name(text(json, "from")),
        replyTo.isBlank() ? "" : address(replyTo, "reply_to"),
        subject,
        html,
        text,
        shortened(text(json, "label"), MAX_LABEL_CHARS),
        key(key, json),
        text(json, "unsubscribe_token"),
        json.path("test_mode").asBoolean(false));
  }

  private static String key(String header, JsonNode json) throws Invalid {
    var key = header;
    for (var name : List.of("idempotency_key", "run_id")) {
      key = key.isEmpty() ? text(json, name) : key;
    }
    if (key.length() > MAX_KEY_CHARS) {
      throw new Invalid("An idempotency key has at most " + MAX_KEY_CHARS + " characters.");
    }
    return key;
  }

  private static List<String> addresses(JsonNode json, String name) throws Invalid {
    var given = json.path(name);
    var all = new ArrayList<String>();
    if (given.isArray()) {
      for (var one : given) {
        all.add(address(one.isString() ? one.asString() : "", name));
      }
    } else if (!text(json, name).isBlank()) {
      all.add(address(text(json, name), name));
    }
    return all;
  }

  private static String address(String given, String name) throws Invalid {
    var named = NAMED.matcher(given);
    var plain = (named.matches() ? named.group(2) : given).strip();
    if (plain.length() > MAX_ADDRESS_CHARS || !ADDRESS.matcher(plain).matches()) {
      throw new Invalid(name + " holds what is no e-mail address.");
    }
    return plain;
  }

  /// What stands before the address, without its quotes (RFC 5322, 3.4).
  private static String name(String from) {
    var named = NAMED.matcher(from);
    if (!named.matches()) {
      return "";
    }
    var name = named.group(1);
    if (name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")) {
      name = name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    return shortened(name, MAX_NAME_CHARS);
  }

  private static String text(JsonNode json, String name) throws Invalid {
    @Nullable JsonNode given = json.get(name);
    if (given == null || given.isNull()) {
      return "";
    }
    if (!given.isString()) {
      if (name.equals("to") || name.equals("cc") || name.equals("bcc")) {
        throw new Invalid(name + " is an address, or a list of addresses.");
      }
      throw new Invalid(name + " is no text.");
    }
    return given.asString();
  }

  private static String shortened(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }

  @Override
  public String toString() {
    return "MailRequest[" + label + "]";
  }
}
