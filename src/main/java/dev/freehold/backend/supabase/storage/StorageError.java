package dev.freehold.backend.supabase.storage;

/// A refusal in storage-api's words: its code, the status inside, what `error` says and a message.
/// Thrown anywhere below [StorageServer], which renders it as the route's clients expect it: most
/// see HTTP 400 with the status inside, TUS and S3 the status itself (reference 6.3, appendix B).
public final class StorageError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final int status;
  private final int httpStatus;
  private final String error;

  private StorageError(String code, int status, int httpStatus, String error, String message) {
    super(message, null, true, false);
    this.code = code;
    this.status = status;
    this.httpStatus = httpStatus;
    this.error = error;
  }

  private static StorageError of(String code, int status, String error, String message) {
    return new StorageError(code, status, status == 500 ? 500 : 400, error, message);
  }

  private static StorageError of(String code, int status, String message) {
    return of(code, status, code, message);
  }

  static StorageError noSuchBucket() {
    return of("NoSuchBucket", 404, "Bucket not found", "Bucket not found");
  }

  static StorageError noSuchKey() {
    return of("NoSuchKey", 404, "not_found", "Object not found");
  }

  /// The row is there and its bytes are not.
  static StorageError bytesGone() {
    return of("NoSuchKey", 404, "Not found", "The resource was not found");
  }

  static StorageError noSuchUpload() {
    return of("NoSuchUpload", 404, "Upload not found");
  }

  static StorageError bucketAlreadyExists() {
    return duplicate("BucketAlreadyExists");
  }

  static StorageError keyAlreadyExists() {
    return duplicate("KeyAlreadyExists");
  }

  static StorageError resourceAlreadyExists() {
    return duplicate("ResourceAlreadyExists");
  }

  private static StorageError duplicate(String code) {
    return of(code, 409, "Duplicate", "The resource already exists");
  }

  static StorageError bucketNotEmpty() {
    return of("ResourceNotEmpty", 409, "The bucket you tried to delete is not empty");
  }

  static StorageError resourceReferenced(String message) {
    return of("ResourceReferenced", 409, message);
  }

  static StorageError accessDenied(String message) {
    return of("AccessDenied", 403, "Unauthorized", message);
  }

  static StorageError signatureDoesNotMatch(String message) {
    return of("SignatureDoesNotMatch", 403, message);
  }

  static StorageError invalidAccessKeyId() {
    return of(
        "InvalidAccessKeyId", 403, "The Access Key Id you provided does not exist in our records.");
  }

  static StorageError invalidMimeType(String type) {
    return of(
        "InvalidMimeType", 415, "invalid_mime_type", "mime type " + type + " is not supported");
  }

  static StorageError invalidContentType() {
    return of("InvalidMimeType", 415, "invalid_mime_type", "Invalid Content-Type header");
  }

  static StorageError tooLarge() {
    return of(
        "EntityTooLarge", 413, "Payload too large", "The object exceeded the maximum allowed size");
  }

  static StorageError metadataTooLarge() {
    return of(
        "EntityTooLarge",
        413,
        "Payload too large",
        "The user_metadata exceeded the maximum allowed size");
  }

  static StorageError resourceLocked() {
    return of("ResourceLocked", 423, "The resource is locked");
  }

  static StorageError lockTimeout() {
    return of("LockTimeout", 503, "acquiring_lock_timeout", "acquiring lock timeout");
  }

  static StorageError slowDown() {
    return new StorageError(
        "SlowDown",
        429,
        429,
        "too_many_connections",
        "Too many connections issued to the database");
  }

  static StorageError databaseTimeout() {
    return new StorageError(
        "DatabaseTimeout", 544, 544, "DatabaseTimeout", "The connection to the database timed out");
  }

  static StorageError database(String code, int status, String message) {
    return of(code, status, message);
  }

  static StorageError internal() {
    return of("InternalError", 500, "Internal server error");
  }

  static StorageError invalidBucketName() {
    return of("InvalidBucketName", 400, "Invalid Input", "Bucket name invalid");
  }

  static StorageError invalidKey(String key) {
    return of("InvalidKey", 400, "Invalid key: " + key);
  }

  static StorageError invalidRange() {
    return of("InvalidRange", 400, "invalid_range", "invalid range provided");
  }

  static StorageError invalidJwt(String message) {
    return of("InvalidJWT", 400, message);
  }

  static StorageError invalidSignature(String message) {
    return of("InvalidSignature", 400, message);
  }

  static StorageError expiredToken() {
    return of("ExpiredToken", 400, "The provided token has expired.");
  }

  static StorageError invalidUploadId() {
    return of("InvalidUploadId", 400, "Invalid upload id");
  }

  static StorageError missingParameter(String name) {
    return of("MissingParameter", 400, "Missing Required Parameter " + name);
  }

  static StorageError invalidParameter(String message) {
    return of("InvalidParameter", 400, message);
  }

  static StorageError invalidRequest(String message) {
    return of("InvalidRequest", 400, message);
  }

  static StorageError invalidRequest(int status, String message) {
    return of("InvalidRequest", status, message);
  }

  static StorageError invalidRobotsTag(String message) {
    return of(
        "InvalidRequest", 400, "invalid_x_robots_tag", "Invalid X-Robots-Tag header: " + message);
  }

  static StorageError noContent() {
    return of("InvalidRequest", 400, "No content provided");
  }

  static StorageError missingContentLength() {
    return of("MissingContentLength", 400, "You must provide the Content-Length HTTP header.");
  }

  static StorageError missingPart(int number, String upload) {
    return of("MissingPart", 400, "Part %d is missing for upload id %s".formatted(number, upload));
  }

  static StorageError invalidChecksum(String message) {
    return of("InvalidChecksum", 400, message);
  }

  static StorageError malformedXml(String message) {
    return of("MalformedXML", 400, message);
  }

  static StorageError tus(int status, String message) {
    return of("TusError", status, message);
  }

  /// One of S3's own, which other routes do not know.
  static StorageError s3(String code, int status, String message) {
    return of(code, status, message);
  }

  static StorageError imageProcessing(int status, String message) {
    return of(status > 499 ? "InternalError" : "InvalidRequest", status, message);
  }

  static StorageError notEnabled(String feature) {
    return of(
        "FeatureNotEnabled", 409, "The feature " + feature + " is not enabled for this resource");
  }

  /// A body or query that breaks its schema: its status is not hidden inside a 400.
  static StorageError schema(String message) {
    return of("InvalidRequest", 400, "Error", message);
  }

  /// No route has this method and path: 404 outside as inside.
  static StorageError noRoute(String method, String path) {
    var message = "Route " + method + ":" + path + " not found";
    return new StorageError("InvalidRequest", 404, 404, "Not Found", message);
  }

  String code() {
    return code;
  }

  /// The status inside the body.
  int status() {
    return status;
  }

  /// The status of the answer on routes of the REST kind.
  int httpStatus() {
    return httpStatus;
  }

  String error() {
    return error;
  }

  String text() {
    var message = getMessage();
    return message == null ? "" : message;
  }
}
