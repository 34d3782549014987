package dev.freehold.objectstore;

import dev.freehold.problem.Problem;
import java.net.URI;
import java.util.regex.Pattern;

/// Where an S3 bucket is and how one comes in.
///
/// @param endpoint `https://host`, or `http://` in a network of one's own; empty for Amazon's own
/// @param region what requests are signed for; `auto` or `us-east-1` where the vendor has none
/// @param prefix before every name; empty, or ending in `/`
/// @param pathStyle whether the bucket stands in the path and not in the host name
public record BucketAddress(
    String endpoint,
    String region,
    String bucket,
    String prefix,
    boolean pathStyle,
    String accessKeyId,
    String secretAccessKey) {
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,62}");
  private static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9._-]{1,100}/){0,8}");

  public BucketAddress {
    endpoint = endpoint.replaceFirst("/+$", "");
    prefix = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
    require(BUCKET.matcher(bucket).matches(), "the bucket's name is not one: " + bucket);
    require(REGION.matcher(region).matches(), "the region is a word such as eu-central-1");
    require(
        PREFIX.matcher(prefix).matches() && !prefix.contains(".."),
        "the prefix has letters, digits and . _ - between slashes: " + prefix);
    require(endpoint.isEmpty() || usable(endpoint), "the endpoint is https://HOST: " + endpoint);
    require(!accessKeyId.isBlank(), "the access key id is missing");
    require(!secretAccessKey.isBlank(), "the secret access key is missing");
  }

  private static boolean usable(String endpoint) {
    try {
      var uri = URI.create(endpoint);
      return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw Problem.of("storage-bucket-invalid", "a bucket is not described well enough")
          .detail(otherwise)
          .raise();
    }
  }

  /// Whether the same bytes lie there, whatever the keys.
  public boolean samePlace(BucketAddress other) {
    return endpoint.equals(other.endpoint)
        && bucket.equals(other.bucket)
        && prefix.equals(other.prefix);
  }

  /// Without the secret.
  @Override
  public String toString() {
    return (endpoint.isEmpty() ? "s3:/" : endpoint) + "/" + bucket + "/" + prefix;
  }
}
