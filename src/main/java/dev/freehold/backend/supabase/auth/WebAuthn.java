package dev.freehold.backend.supabase.auth;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.attestation.authenticator.AAGUID;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.COSEKey;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.util.exception.WebAuthnException;
import com.webauthn4j.verifier.exception.VerificationException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/// The two ceremonies of WebAuthn, as a relying party holds them: making a key and using one.
///
/// What a key says of its maker (its attestation) is not asked for and not judged. A key whose
/// counter went back was copied and is refused.
///
/// Source: https://www.w3.org/TR/webauthn-3/, sections 5.4, 5.5, 7.1 and 7.2.
final class WebAuthn {
  private static final int CHALLENGE_BYTES = 32;

  /// What the browser is told to wait for a person.
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /// Deeper and longer than any credential is.
  private static final int MAX_CREDENTIAL_CHARS = 65_536;

  private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
      List.of(
          COSEAlgorithmIdentifier.ES256,
          COSEAlgorithmIdentifier.ES384,
          COSEAlgorithmIdentifier.ES512,
          COSEAlgorithmIdentifier.RS256,
          COSEAlgorithmIdentifier.RS384,
          COSEAlgorithmIdentifier.RS512,
          COSEAlgorithmIdentifier.EdDSA);

  private final WebAuthnRules rules;
  private final SecureRandom random = new SecureRandom();
  private final ObjectConverter converter = new ObjectConverter();
  private final WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager(converter);

  WebAuthn(WebAuthnRules rules) {
    this.rules = rules;
  }

  /// The answer of a browser cannot be read, or proves nothing.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean isReadable;

    Refused(boolean isReadable, String why) {
      super(why);
      this.isReadable = isReadable;
    }

    boolean isReadable() {
      return isReadable;
    }
  }

  /// Which key answered, and for whom.
  ///
  /// @param userHandle as it was given when the key was made; empty when the key does not say
  record Assertion(Base64Url credential, String userHandle) {}

  Base64Url newChallenge() {
    var bytes = new byte[CHALLENGE_BYTES];
    random.nextBytes(bytes);
    return Base64Url.of(bytes);
  }

  /// What a browser needs to make a key.
  ///
  /// @param known the User's keys, not to be made again
  /// @param isDiscoverable the key itself shall know the User, as a passkey does
  Map<String, Object> creation(
      User user, Base64Url challenge, List<PublicKey> known, boolean isDiscoverable) {
    var party = new LinkedHashMap<String, Object>();
    party.put("name", rules.relyingPartyName());
    party.put("id", rules.relyingPartyId());
    var name = user.email().isEmpty() ? user.phone() : user.email();
    var person = new LinkedHashMap<String, Object>();
    person.put("name", name);
    var shown = user.userMetadata().get("name");
    person.put("displayName", shown instanceof String text && !text.isEmpty() ? text : name);
    person.put("id", handle(user.id()).text());
    var algorithms = new ArrayList<Map<String, Object>>();
    for (var algorithm : ALGORITHMS) {
      algorithms.add(Map.of("type", "public-key", "alg", algorithm.getValue()));
    }
    var selection = new LinkedHashMap<String, Object>();
    if (isDiscoverable) {
      selection.put("residentKey", "required");
    }
    selection.put("requireResidentKey", isDiscoverable);
    selection.put("userVerification", "preferred");
    var options = new LinkedHashMap<String, Object>();
    options.put("rp", party);
    options.put("user", person);
    options.put("challenge", challenge.text());
    options.put("pubKeyCredParams", algorithms);
    options.put("timeout", PATIENCE.toMillis());
    if (!known.isEmpty()) {
      options.put("excludeCredentials", known.stream().map(PublicKey::descriptor).toList());
    }
    options.put("authenticatorSelection", selection);
    if (isDiscoverable) {
      options.put("attestation", "none");
    }
    return options;
  }

  /// What a browser needs to use a key.
  ///
  /// @param allowed any of these; empty for whichever the browser knows
  Map<String, Object> request(Base64Url challenge, List<PublicKey> allowed) {
    var options = new LinkedHashMap<String, Object>();
    options.put("challenge", challenge.text());
    options.put("timeout", PATIENCE.toMillis());
    options.put("rpId", rules.relyingPartyId());
    if (!allowed.isEmpty()) {
      options.put("allowCredentials", allowed.stream().map(PublicKey::descriptor).toList());
    }
    options.put("userVerification", "preferred");
    return options;
  }

  /// The key that a browser made for the challenge.
  ///
  /// @param answer the browser's `PublicKeyCredential` as JSON
  PublicKey made(String answer, Base64Url challenge) {
    var parameters =
        new RegistrationParameters(
            server(challenge),
            ALGORITHMS.stream()
                .map(a -> new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, a))
                .toList(),
            false,
            true);
    return reading(() -> {
      var data = manager.parseRegistrationResponseJSON(limited(answer));
      var object = manager.verify(data, parameters).getAttestationObject();
      if (object == null) {
        throw new Refused(true, "no key");
      }
      var authenticator = object.getAuthenticatorData();
      var key = authenticator.getAttestedCredentialData();
      if (key == null) {
        throw new Refused(true, "no key");
      }
      var transports = new ArrayList<String>();
      if (data.getTransports() != null) {
        data.getTransports().forEach(t -> transports.add(t.getValue()));
      }
      var aaguid = key.getAaguid() == null ? null : key.getAaguid().getValue();
      return new PublicKey(
          Base64Url.of(key.getCredentialId()),
          Base64Url.of(converter.getCborMapper().writeValueAsBytes(key.getCOSEKey())),
          object.getFormat(),
          aaguid,
          authenticator.getSignCount(),
          transports,
          authenticator.isFlagBE(),
          authenticator.isFlagBS());
    });
  }

  /// Which key a browser used, before anything is proven.
  Assertion assertion(String answer) {
    return reading(() -> {
      var data = manager.parseAuthenticationResponseJSON(limited(answer));
      var handle = Optional.ofNullable(data.getUserHandle());
      return new Assertion(
          Optional.ofNullable(data.getCredentialId()).map(Base64Url::of).orElseThrow(),
          handle.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(""));
    });
  }

  /// Whether a browser used that key for the challenge; returns the key's counter.
  long used(String answer, Base64Url challenge, PublicKey key) {
    return reading(() -> {
      var data = manager.parseAuthenticationResponseJSON(limited(answer));
      var record =
          new CredentialRecordImpl(
              null,
              null,
              key.isBackupEligible(),
              key.isBackedUp(),
              key.signCount(),
              new AttestedCredentialData(
                  key.aaguid() == null ? AAGUID.NULL : new AAGUID(key.aaguid()),
                  key.id().bytes(),
                  Objects.requireNonNull(
                      converter.getCborMapper().readValue(key.key().bytes(), COSEKey.class))),
              null,
              null,
              null,
              null);
      var parameters =
          new AuthenticationParameters(
              server(challenge), record, List.of(key.id().bytes()), false, true);
      var proven = manager.verify(data, parameters).getAuthenticatorData();
      return proven == null ? key.signCount() : proven.getSignCount();
    });
  }

  /// The User a key was made for; empty when the handle is none of ours.
  static Optional<UUID> user(Assertion assertion) {
    return Optional.ofNullable(Callers.uuid(assertion.userHandle()));
  }

  /// As GoTrue has it: the letters of the UUID.
  private static Base64Url handle(UUID user) {
    return Base64Url.of(user.toString().getBytes(StandardCharsets.UTF_8));
  }

  private ServerProperty server(Base64Url challenge) {
    var origins = new HashSet<Origin>();
    rules.origins().forEach(origin -> origins.add(Origin.create(origin)));
    return ServerProperty.builder()
        .origins(origins)
        .rpId(rules.relyingPartyId())
        .challenge(new DefaultChallenge(challenge.bytes()))
        .build();
  }

  private static String limited(String answer) {
    if (answer.length() > MAX_CREDENTIAL_CHARS) {
      throw new Refused(false, "too long");
    }
    return answer;
  }

  /// The library says in many ways that it cannot read or does not believe.
  private static <T> T reading(Supplier<T> work) {
    try {
      return work.get();
    } catch (VerificationException e) {
      throw new Refused(true, String.valueOf(e.getMessage()));
    } catch (WebAuthnException
        | NoSuchElementException
        | JacksonException
        | IllegalArgumentException
        | NullPointerException
        | ClassCastException
        | IndexOutOfBoundsException e) {
      throw new Refused(false, String.valueOf(e.getMessage()));
    }
  }
}
