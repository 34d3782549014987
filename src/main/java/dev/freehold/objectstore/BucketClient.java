package dev.freehold.objectstore;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;

/// Amazon's client, set up so that every vendor of S3 understands it: no checksums in trailers, no
/// pieces inside a body (what is sent carries its MD5), and nothing read from the owner's home.
final class BucketClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /// Without a byte for so long a connection counts as dead.
  private static final Duration SILENCE = Duration.ofSeconds(30);

  /// One request, once: a part of 16 MB takes no longer on 60 KB/s.
  private static final Duration ATTEMPT = Duration.ofMinutes(5);

  private static final int ATTEMPTS = 3;

  private BucketClient() {}

  static S3Client open(BucketAddress address) {
    var keys = AwsBasicCredentials.create(address.accessKeyId(), address.secretAccessKey());
    var client =
        S3Client.builder()
            .region(Region.of(address.region()))
            .credentialsProvider(StaticCredentialsProvider.create(keys))
            .forcePathStyle(address.pathStyle())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
            .overrideConfiguration(configuration());
    if (!address.endpoint().isEmpty()) {
      client.endpointOverride(URI.create(address.endpoint()));
    }
    return client.build();
  }

  private static ClientOverrideConfiguration configuration() {
    return ClientOverrideConfiguration.builder()
        .defaultProfileFileSupplier(() -> ProfileFile.aggregator().build())
        .retryStrategy(StandardRetryStrategy.builder().maxAttempts(ATTEMPTS).build())
        .apiCallAttemptTimeout(ATTEMPT)
        .addExecutionInterceptor(new Unasked())
        .build();
  }

  /// Sends bodies without asking first: with `Expect: 100-continue` the JDK waits seconds for
  /// servers that do not know it, and drops what others say when they refuse.
  private static final class Unasked implements ExecutionInterceptor {
    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      return context.httpRequest().toBuilder().removeHeader("Expect").build();
    }
  }
}
