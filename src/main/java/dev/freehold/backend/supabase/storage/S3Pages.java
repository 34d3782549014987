package dev.freehold.backend.supabase.storage;

import dev.freehold.backend.Session;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import java.io.IOException;
import java.time.Clock;
import java.util.UUID;

/// `/s3`: the same buckets and objects for clients that speak S3, such as `aws`, rclone and SDKs,
/// in path style. Errors are XML with their own status. Requests are signed with the Environment's
/// key pair and act as administrator, or with the anon key beside a User's token and act as that
/// User, under the policies.
final class S3Pages {
  private static final String XML = "application/xml; charset=utf-8";

  private final S3Credentials credentials;
  private final TokenVerifier verifier;
  private final StorageSettings settings;
  private final Clock clock;
  private final S3Buckets buckets;
  private final S3Objects objects;
  private final S3Multipart multipart;

  S3Pages(
      S3Credentials credentials,
      TokenVerifier verifier,
      StorageSettings settings,
      Clock clock,
      S3Buckets buckets,
      S3Objects objects,
      S3Multipart multipart) {
    this.credentials = credentials;
    this.verifier = verifier;
    this.settings = settings;
    this.clock = clock;
    this.buckets = buckets;
    this.objects = objects;
    this.multipart = multipart;
  }

  Response answer(Call call) {
    try {
      return withId(answer(signed(call)));
    } catch (StorageError e) {
      return withId(refused(call, e));
    } catch (IOException clientGone) {
      return withId(refused(call, StorageError.noContent()));
    }
  }

  private static Response withId(Response answer) {
    return answer.with("x-amz-request-id", UUID.randomUUID().toString());
  }

  private static Response refused(Call call, StorageError error) {
    var document =
        Xml.error()
            .with("Code", error.code())
            .with("Message", error.text())
            .with("Resource", call.bucket() + "/" + call.object());
    int status = error.code().equals("InvalidRange") ? 416 : error.status();
    return of(status, document);
  }

  static Response of(int status, Xml document) {
    return new Response(status, Headers.of("Content-Type", XML), new Body.Bytes(document.bytes()));
  }

  private S3Call signed(Call call) {
    var request = call.request();
    var signature = S3Signature.of(request);
    signature.checkTime(clock);
    boolean asUser = !signature.sessionToken().isEmpty();
    var known = SignatureV4.same(signature.accessKeyId(), credentials.accessKeyId());
    if (!asUser && !known) {
      throw StorageError.invalidAccessKeyId();
    }
    var secret = asUser ? credentials.anonKey() : credentials.secret();
    if (!signature.holds(request, settings.mountedAt(), secret)) {
      throw StorageError.signatureDoesNotMatch(
          "The request signature we calculated does not match the signature you provided. Check"
              + " your key and signing method.");
    }
    var scope = asUser ? user(call, signature.sessionToken()) : call.scope().administrator();
    return new S3Call(
        request, scope, signature, call.bucket(), call.object(), call.query(), secret);
  }

  private Scope user(Call call, String token) {
    Session session =
        switch (verifier.verify(token)) {
          case Verified.Good(var good) -> good;
          case Verified.Bad bad -> throw StorageError.accessDenied(Callers.words(bad));
        };
    return Scope.of(session, token, call.request(), Operation.NONE);
  }

  private Response answer(S3Call call) throws IOException {
    var method = call.request().method();
    if (call.bucket().isEmpty()) {
      if (method.equals("GET")) {
        return buckets.list(call);
      }
      throw StorageError.noRoute(method, call.request().path());
    }
    return call.key().isEmpty() ? bucket(call, method) : object(call, method);
  }

  private Response bucket(S3Call call, String method) {
    return switch (method) {
      case "GET" -> {
        if (call.asks("uploads")) {
          yield multipart.uploads(call);
        }
        if (call.asks("location")) {
          yield buckets.location(call);
        }
        yield call.asks("versioning") ? buckets.versioning(call) : buckets.objects(call);
      }
      case "HEAD" -> buckets.head(call);
      case "PUT" -> buckets.create(call);
      case "DELETE" -> buckets.delete(call);
      case "POST" -> {
        if (call.asks("delete")) {
          yield objects.deleteMany(call);
        }
        throw StorageError.noRoute(method, call.request().path());
      }
      default -> throw StorageError.noRoute(method, call.request().path());
    };
  }

  private Response object(S3Call call, String method) throws IOException {
    boolean ofUpload = call.asks("uploadId");
    return switch (method) {
      case "GET" -> {
        if (ofUpload) {
          yield multipart.parts(call);
        }
        yield call.asks("tagging") ? objects.tagging(call) : objects.get(call);
      }
      case "HEAD" -> objects.head(call);
      case "PUT" -> ofUpload ? multipart.part(call) : objects.put(call);
      case "DELETE" -> ofUpload ? multipart.abort(call) : objects.delete(call);
      case "POST" -> {
        if (call.asks("uploads")) {
          yield multipart.begin(call);
        }
        if (ofUpload) {
          yield multipart.complete(call);
        }
        throw StorageError.noRoute(method, call.request().path());
      }
      default -> throw StorageError.noRoute(method, call.request().path());
    };
  }
}
