package dev.freehold.backend.supabase.auth;

/// How often one address may ask. Each route has a bucket of tokens for each address, which fills
/// at the given rate; a request without a token is refused with 429. Zero sets no limit.
///
/// @param header names the request header whose first value is the caller's address, as a proxy in
///   front sets it; empty takes the address of the connection, and then callers on this machine
///   (such as a proxy that is not named here) are not limited
/// @param tokenRefresh `/token` per five minutes
/// @param verify `/verify` per five minutes
/// @param otp sign-up, `/otp`, `/magiclink`, `/recover`, `/resend` and `PUT /user`, each per five
///   minutes
/// @param anonymous anonymous sign-ins per hour
/// @param sso `/sso` per five minutes
/// @param factor challenges and verifications of second factors, each per minute
/// @param passkey sign-ins with passkeys per five minutes
/// @param oauthRegister programs that register by themselves, per five minutes
public record RateLimits(
    String header,
    int tokenRefresh,
    int verify,
    int otp,
    int anonymous,
    int sso,
    int factor,
    int passkey,
    int oauthRegister) {
  /// GoTrue's rates.
  public static final RateLimits DEFAULT = new RateLimits("", 150, 30, 30, 30, 30, 15, 30, 10);

  public static final RateLimits NONE = new RateLimits("", 0, 0, 0, 0, 0, 0, 0, 0);

  public RateLimits withHeader(String name) {
    return new RateLimits(
        name, tokenRefresh, verify, otp, anonymous, sso, factor, passkey, oauthRegister);
  }
}
