package dev.freehold.backend.supabase.auth;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

/// An authenticator with one ES256 key, as a browser would speak for it.
final class SoftKey {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final CBORMapper CBOR = CBORMapper.shared();
  private static final int PRESENT = 0x01;
  private static final int VERIFIED = 0x04;
  private static final int HAS_KEY = 0x40;

  private final String relyingParty;
  private final String origin;
  private final byte[] id = new byte[32];
  private final KeyPair pair;
  private byte[] user = new byte[0];
  int count;

  SoftKey(String relyingParty, String origin) {
    this.relyingParty = relyingParty;
    this.origin = origin;
    new SecureRandom().nextBytes(id);
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The answer to creation options.
  JsonNode create(JsonNode options) {
    user = Base64.getUrlDecoder().decode(options.at("/user/id").asString());
    var client = client("webauthn.create", options);
    var point = ((ECPublicKey) pair.getPublic()).getW();
    var cose = new LinkedHashMap<Integer, Object>();
    cose.put(1, 2);
    cose.put(3, -7);
    cose.put(-1, 1);
    cose.put(-2, unsigned(point.getAffineX()));
    cose.put(-3, unsigned(point.getAffineY()));
    var key = new ByteArrayOutputStream();
    key.writeBytes(new byte[16]);
    key.writeBytes(ByteBuffer.allocate(2).putShort((short) id.length).array());
    key.writeBytes(id);
    key.writeBytes(CBOR.writeValueAsBytes(cose));
    var attestation = new LinkedHashMap<String, Object>();
    attestation.put("fmt", "none");
    attestation.put("attStmt", Map.of());
    attestation.put("authData", authenticator(HAS_KEY, key.toByteArray()));
    var response = new LinkedHashMap<String, Object>();
    response.put("clientDataJSON", base64(client));
    response.put("attestationObject", base64(CBOR.writeValueAsBytes(attestation)));
    response.put("transports", new String[] {"internal"});
    return credential(response);
  }

  /// The answer to request options.
  JsonNode get(JsonNode options) {
    count++;
    var client = client("webauthn.get", options);
    var data = authenticator(0, new byte[0]);
    var response = new LinkedHashMap<String, Object>();
    response.put("clientDataJSON", base64(client));
    response.put("authenticatorData", base64(data));
    response.put("signature", base64(sign(data, sha256(client))));
    response.put("userHandle", base64(user));
    return credential(response);
  }

  private JsonNode credential(Map<String, Object> response) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", base64(id));
    fields.put("rawId", base64(id));
    fields.put("type", "public-key");
    fields.put("response", response);
    fields.put("clientExtensionResults", Map.of());
    return JSON.valueToTree(fields);
  }

  private byte[] client(String type, JsonNode options) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("type", type);
    fields.put("challenge", options.at("/challenge").asString());
    fields.put("origin", origin);
    return JSON.writeValueAsBytes(fields);
  }

  private byte[] authenticator(int flags, byte[] key) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(sha256(relyingParty.getBytes(StandardCharsets.UTF_8)));
    out.write(PRESENT | VERIFIED | flags);
    out.writeBytes(ByteBuffer.allocate(4).putInt(count).array());
    out.writeBytes(key);
    return out.toByteArray();
  }

  private byte[] sign(byte[] data, byte[] client) {
    try {
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate());
      signature.update(data);
      signature.update(client);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] unsigned(BigInteger number) {
    var bytes = new byte[32];
    var signed = number.toByteArray();
    int length = Math.min(32, signed.length);
    System.arraycopy(signed, signed.length - length, bytes, 32 - length, length);
    return bytes;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
