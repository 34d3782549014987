package dev.freehold.api;

import dev.freehold.app.Environment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What an owner does with the Users and mails of an Environment; joined by the root. Everything is
/// in the shapes of docs/reference/control-api.md.
public interface Accounts {
  /// The mails that nobody sent, newest first, without their text; and whether mail leaves.
  Map<String, Object> mails(Environment environment);

  Optional<Map<String, Object>> mail(Environment environment, String id);

  /// The mail server without its password, and whether addresses are confirmed by mail.
  Map<String, Object> mailSettings(Environment environment);

  /// @param wanted the fields of a mail server
  void smtp(Environment environment, JsonNode wanted);

  void withoutSmtp(Environment environment);

  void testSmtp(Environment environment, String to);

  void mustConfirm(Environment environment, boolean must);

  Map<String, Object> users(Environment environment, int page, int perPage, String filter);

  /// @param who an e-mail address or an id
  Map<String, Object> user(Environment environment, String who);

  /// @param wanted `email`, `password`, `confirmed`, `user_metadata`
  Map<String, Object> createUser(Environment environment, JsonNode wanted);

  /// @param duration such as `24h`, or `none` to lift a ban
  Map<String, Object> banUser(Environment environment, String who, String duration);

  void deleteUser(Environment environment, String who);

  /// @param wanted `password` for a new one; `link` for a link to hand over; otherwise a mail
  Map<String, Object> resetPassword(Environment environment, String who, JsonNode wanted);

  /// Users by id, one page of a file of them all.
  List<Map<String, Object>> export(Environment environment, String after, boolean withHashes);
}
