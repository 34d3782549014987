package dev.freehold.backend.supabase.auth;

import java.util.List;

/// A refusal in GoTrue's words: status, code and message. Thrown anywhere below [AuthServer], which
/// renders it in the caller's format.
final class AuthError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient List<String> weakReasons;
  private final boolean isOAuth;

  private AuthError(int status, String code, String message, List<String> weakReasons) {
    this(status, code, message, weakReasons, false);
  }

  private AuthError(
      int status, String code, String message, List<String> weakReasons, boolean isOAuth) {
    super(message);
    this.isOAuth = isOAuth;
    this.status = status;
    this.code = code;
    this.weakReasons = weakReasons;
  }

  static AuthError of(int status, String code, String message) {
    return new AuthError(status, code, message, List.of());
  }

  /// A refusal in OAuth's own form (RFC 6749 §5.2): `error` and `error_description` alone.
  static AuthError oauth(String error, String description) {
    return new AuthError(400, error, description, List.of(), true);
  }

  static AuthError badRequest(String code, String message) {
    return of(400, code, message);
  }

  static AuthError validation(String message) {
    return of(400, "validation_failed", message);
  }

  static AuthError forbidden(String code, String message) {
    return of(403, code, message);
  }

  static AuthError notFound(String code, String message) {
    return of(404, code, message);
  }

  static AuthError unprocessable(String code, String message) {
    return of(422, code, message);
  }

  static AuthError internal(String message) {
    return of(500, "unexpected_failure", message);
  }

  /// An internal failure with its cause, which only the log sees.
  static AuthError internal(String message, Throwable cause) {
    var error = internal(message);
    error.initCause(cause);
    return error;
  }

  /// @param reasons of `length`, `characters`, `pwned`
  static AuthError weakPassword(String message, List<String> reasons) {
    return new AuthError(422, "weak_password", message, List.copyOf(reasons));
  }

  boolean isOAuth() {
    return isOAuth;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  String text() {
    var message = getMessage();
    return message == null ? "" : message;
  }

  List<String> weakReasons() {
    return weakReasons;
  }
}
