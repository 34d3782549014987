package dev.freehold.backend;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import dev.freehold.backend.VerifyingKey.Origin;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The form in which the secret store keeps [JwtKeys]: a JWK set of one private EC key, one legacy
/// secret and further keys, each with members of ours that say where it comes from. A set of an
/// earlier version has none of those: its further keys are taken as configured.
final class StoredJwks {
  private static final String ORIGIN = "fh_origin";
  private static final String SINCE = "fh_since";
  private static final String UNTIL = "fh_until";
  private static final String EVERY_ROLE = "fh_every_role";
  private static final JsonMapper JSON = JsonMapper.shared();

  private StoredJwks() {}

  static String write(
      JWK signing,
      Optional<Instant> signingSince,
      OctetSequenceKey legacy,
      List<VerifyingKey> verifying) {
    var all = new ArrayList<Map<String, Object>>();
    if (!(signing instanceof OctetSequenceKey)) {
      var first = new LinkedHashMap<>(signing.toJSONObject());
      signingSince.ifPresent(at -> first.put(SINCE, at.toString()));
      all.add(first);
    }
    all.add(legacy.toJSONObject());
    for (var key : verifying) {
      var fields = new LinkedHashMap<>(key.key().toJSONObject());
      fields.put(ORIGIN, key.origin().name().toLowerCase(Locale.ROOT));
      key.since().ifPresent(at -> fields.put(SINCE, at.toString()));
      key.until().ifPresent(at -> fields.put(UNTIL, at.toString()));
      fields.put(EVERY_ROLE, key.everyRole());
      all.add(fields);
    }
    return JSON.writeValueAsString(Map.of("keys", all));
  }

  static JwtKeys read(String json) {
    JWKSet set;
    JsonNode fields;
    try {
      set = JWKSet.parse(json);
      fields = JSON.readTree(json).path("keys");
    } catch (ParseException | JacksonException e) {
      // The parser's message may quote the document, which holds secrets.
      throw JwtKeys.invalid("the stored keys are no JWK set").raise();
    }
    if (set.getKeys().size() > JwtKeys.MAX_KEYS || set.getKeys().size() != fields.size()) {
      throw JwtKeys.invalid("the stored keys are more than " + JwtKeys.MAX_KEYS).raise();
    }
    var signing = new ArrayList<ECKey>();
    var legacy = new ArrayList<OctetSequenceKey>();
    var verifying = new ArrayList<VerifyingKey>();
    Optional<Instant> since = Optional.empty();
    for (int i = 0; i < fields.size(); i++) {
      var facts = fields.get(i);
      switch (set.getKeys().get(i)) {
        case ECKey ec when ec.getKeyID() != null && ec.isPrivate() && isP256(ec) -> {
          signing.add(ec);
          since = instant(facts, SINCE);
        }
        case ECKey ec when ec.getKeyID() != null && isP256(ec) -> verifying.add(key(ec, facts));
        case RSAKey rsa when rsa.getKeyID() != null -> verifying.add(key(rsa.toPublicJWK(), facts));
        case OctetSequenceKey oct when facts.has(ORIGIN) -> verifying.add(key(oct, facts));
        case OctetSequenceKey oct -> legacy.add(oct);
        default -> throw JwtKeys.invalid("the stored keys hold one of an unknown kind").raise();
      }
    }
    if (signing.size() != 1 || legacy.size() != 1) {
      throw JwtKeys.invalid("the stored keys are not one signing key and one legacy secret")
          .raise();
    }
    return JwtKeys.stored(signing.getFirst(), since, legacy.getFirst(), verifying);
  }

  private static boolean isP256(ECKey key) {
    return key.getCurve().equals(Curve.P_256);
  }

  private static VerifyingKey key(JWK key, JsonNode facts) {
    if (!facts.has(ORIGIN)) {
      return VerifyingKey.given(key);
    }
    Origin origin;
    try {
      origin = Origin.valueOf(facts.path(ORIGIN).asString().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw JwtKeys.invalid("a stored key comes from nowhere known").raise();
    }
    return new VerifyingKey(
        key,
        origin,
        instant(facts, SINCE),
        instant(facts, UNTIL),
        facts.path(EVERY_ROLE).asBoolean(false));
  }

  private static Optional<Instant> instant(JsonNode facts, String name) {
    var text = facts.path(name).asString("");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      throw JwtKeys.invalid("a time of a stored key cannot be read").raise();
    }
  }
}
