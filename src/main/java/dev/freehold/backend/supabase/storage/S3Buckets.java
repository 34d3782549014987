package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Response;
import java.util.Optional;

/// S3's operations on buckets, and its two listings.
final class S3Buckets {
  private static final String REGION = "local";

  private final StorageDatabase database;
  private final BucketPages buckets;

  S3Buckets(StorageDatabase database, BucketPages buckets) {
    this.database = database;
    this.buckets = buckets;
  }

  Response list(S3Call call) {
    var all =
        database.read(
            call.during(Operation.S3_BUCKET_LIST),
            transaction -> Buckets.list(transaction, Buckets.Listing.ALL));
    var document = Xml.document("ListAllMyBucketsResult").open("Buckets");
    for (var bucket : all) {
      document
          .open("Bucket")
          .with("Name", bucket.name())
          .with("CreationDate", Json.time(bucket.createdAt()))
          .close("Bucket");
    }
    return S3Pages.of(200, document.close("Buckets"));
  }

  Response head(S3Call call) {
    require(call, Operation.S3_BUCKET_HEAD);
    return Response.of(200).with("x-amz-bucket-region", REGION);
  }

  Response location(S3Call call) {
    require(call, Operation.S3_BUCKET_LOCATION);
    return S3Pages.of(200, Xml.document("LocationConstraint").with("LocationConstraint", REGION));
  }

  Response versioning(S3Call call) {
    require(call, Operation.S3_BUCKET_VERSIONING);
    return S3Pages.of(200, Xml.document("VersioningConfiguration").with("Status", "Suspended"));
  }

  private void require(S3Call call, Operation operation) {
    var found =
        database.read(
            call.during(operation), transaction -> Buckets.find(transaction, call.bucket()));
    if (found.isEmpty()) {
      throw StorageError.noSuchBucket();
    }
  }

  Response create(S3Call call) {
    var name = Names.newBucket(call.bucket());
    boolean isPublic = call.header("x-amz-acl").orElse("").equals("public-read");
    buckets.create(
        call.during(Operation.S3_BUCKET_CREATE),
        new Bucket(name, name, "", isPublic, null, null, null, null, "STANDARD"));
    return Response.of(200).with("Location", "/" + name);
  }

  Response delete(S3Call call) {
    buckets.delete(call.during(Operation.S3_BUCKET_DELETE), call.bucket());
    return Response.of(204);
  }

  Response objects(S3Call call) {
    require(call, Operation.S3_BUCKET_GET);
    boolean second = call.query("list-type", "").equals("2");
    var prefix = call.query("prefix", "");
    var delimiter = call.query("delimiter", "");
    int keys = call.number("max-keys", ObjectListing.MAX_KEYS, ObjectListing.MAX_KEYS);
    var after = second ? call.query("start-after", "") : call.query("marker", "");
    var query =
        new ObjectListing.Query(
                call.bucket(), prefix, delimiter, Math.max(1, keys), after, "name", false, "")
            .from(second ? call.query("continuation-token", "") : "");
    var page =
        keys == 0
            ? new ObjectListing.Page(java.util.List.of(), "", "")
            : database.read(
                call.during(Operation.S3_LIST),
                transaction -> ObjectListing.list(transaction, query));
    boolean encoded = call.query("encoding-type", "").equals("url");
    var document =
        Xml.document("ListBucketResult")
            .with("Name", call.bucket())
            .with("Prefix", shown(prefix, encoded))
            .with("MaxKeys", keys)
            .with("IsTruncated", !page.next().isEmpty())
            .with("EncodingType", encoded ? "url" : null)
            .with("Delimiter", delimiter.isEmpty() ? null : shown(delimiter, encoded));
    if (second) {
      document
          .with("KeyCount", page.entries().size())
          .with("StartAfter", after.isEmpty() ? null : shown(after, encoded))
          .with("ContinuationToken", call.query().get("continuation-token"))
          .with("NextContinuationToken", page.next().isEmpty() ? null : page.next());
    } else {
      document
          .with("Marker", shown(after, encoded))
          .with("NextMarker", page.next().isEmpty() ? null : shown(page.lastName(), encoded));
    }
    page.entries().forEach(entry -> add(document, entry, encoded));
    return S3Pages.of(200, document);
  }

  private static void add(Xml document, ObjectListing.Entry entry, boolean encoded) {
    if (entry.isFolder()) {
      document
          .open("CommonPrefixes")
          .with("Prefix", shown(entry.name(), encoded))
          .close("CommonPrefixes");
      return;
    }
    var noted = ObjectMetadata.of(entry.metadata());
    var modified = Optional.ofNullable(noted.lastModified()).orElse(entry.updatedAt());
    document
        .open("Contents")
        .with("Key", shown(entry.name(), encoded))
        .with("LastModified", Json.time(modified))
        .with("ETag", noted.etag())
        .with("Size", Math.max(0, noted.size()))
        .with("StorageClass", "STANDARD")
        .close("Contents");
  }

  private static String shown(String text, boolean encoded) {
    return encoded ? Percent.encode(text, "/") : text;
  }
}
