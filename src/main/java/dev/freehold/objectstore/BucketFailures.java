package dev.freehold.objectstore;

import dev.freehold.problem.Problem;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// What goes wrong with a bucket, in words that say which bucket and what to do.
record BucketFailures(BucketAddress address) {
  private static final int REDIRECTED = 300;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int OVERLOADED = 429;

  /// @param what was to be done, for example `look for …`
  RuntimeException of(String what, Exception cause) {
    return Problem.of("object-store-failed", "the bucket did not do what it was asked")
        .detail("%s, to %s: %s".formatted(address, what, said(cause)))
        .hint(hint(cause))
        .raise(cause);
  }

  private static String said(Exception cause) {
    if (cause instanceof S3Exception refused) {
      var code =
          Optional.ofNullable(refused.awsErrorDetails())
              .map(details -> details.errorCode() + ": " + details.errorMessage())
              .orElse("no reason given");
      return "HTTP " + refused.statusCode() + ", " + code;
    }
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.toString();
  }

  private static String hint(Exception cause) {
    if (!(cause instanceof S3Exception refused)) {
      return cause instanceof SdkClientException
          ? "is the endpoint right, and can this machine reach it?"
          : "try again; nothing is lost";
    }
    int status = refused.statusCode();
    if (status == FORBIDDEN || status == UNAUTHORIZED) {
      return "do the keys belong to this bucket, may they list, read, write and delete, and is the"
          + " clock right?";
    }
    if (status == NOT_FOUND || (status >= REDIRECTED && status < UNAUTHORIZED)) {
      return "is the bucket there, in that region, and is path style on if its vendor wants it?";
    }
    return status == OVERLOADED || status >= 500
        ? "the bucket's server is in trouble; try again, nothing is lost"
        : "what the server says names the reason";
  }

  RuntimeException gone(String key) {
    return Problem.of("object-store-failed", "bytes went away before they were read")
        .detail(address + ": " + key)
        .hint("ask again")
        .raise();
  }

  RuntimeException forgetful() {
    return Problem.of("object-store-failed", "the bucket does not give back what was written")
        .detail(address.toString())
        .hint("is something in between that changes or caches what it passes on?")
        .raise();
  }

  RuntimeException taken() {
    return Problem.of("storage-bucket-taken", "the bytes of another app lie in that place")
        .detail(address.toString())
        .hint(
            "choose another prefix; or, when that app is gone, remove the object "
                + address.prefix()
                + BucketStore.OWNER_MARK)
        .raise();
  }
}
