package dev.freehold.backend.supabase.storage;

/// What a request is about to do, as policies read it from `storage.operation()` (reference 6.4).
enum Operation {
  BUCKET_CREATE("storage.bucket.create"),
  BUCKET_DELETE("storage.bucket.delete"),
  BUCKET_EMPTY("storage.bucket.empty"),
  BUCKET_LIST("storage.bucket.list"),
  BUCKET_GET("storage.bucket.get"),
  BUCKET_UPDATE("storage.bucket.update"),
  COPY("storage.object.copy"),
  UPLOAD("storage.object.upload"),
  UPLOAD_UPDATE("storage.object.upload_update"),
  UPLOAD_SIGNED("storage.object.upload_signed"),
  DELETE("storage.object.delete"),
  DELETE_MANY("storage.object.delete_many"),
  GET_PUBLIC("storage.object.get_public"),
  GET_AUTHENTICATED("storage.object.get_authenticated"),
  GET_SIGNED("storage.object.get_signed"),
  INFO_PUBLIC("storage.object.info_public"),
  INFO_AUTHENTICATED("object.get_authenticated_info"),
  HEAD_AUTHENTICATED("object.head_authenticated_info"),
  SIGN("storage.object.sign"),
  SIGN_MANY("storage.object.sign_many"),
  SIGN_UPLOAD("storage.object.sign_upload_url"),
  LIST("storage.object.list"),
  LIST_V2("storage.object.list_v2"),
  MOVE("storage.object.move"),
  PURGE("storage.cdn.purge_object_cache"),
  RENDER_AUTHENTICATED("storage.render.image_authenticated"),
  RENDER_PUBLIC("storage.render.image_public"),
  RENDER_SIGNED("storage.render.image_sign"),
  TUS_CREATE("storage.tus.upload.create"),
  TUS_PART("storage.tus.upload.part"),
  TUS_GET("storage.tus.upload.get"),
  TUS_DELETE("storage.tus.upload.delete"),
  TUS_OPTIONS("storage.tus.options"),
  TUS_CREATE_SIGNED("storage.tus.upload.create_signed"),
  TUS_PART_SIGNED("storage.tus.upload.part_signed"),
  TUS_GET_SIGNED("storage.tus.upload.get_signed"),
  TUS_DELETE_SIGNED("storage.tus.upload.delete_signed"),
  S3_ABORT_MULTIPART("storage.s3.upload.abort_multipart"),
  S3_COMPLETE_MULTIPART("storage.s3.upload.complete_multipart"),
  S3_CREATE_MULTIPART("storage.s3.upload.create_multipart"),
  S3_LIST_MULTIPART("storage.s3.upload.list_multipart"),
  S3_LIST_PARTS("storage.s3.upload.list_parts"),
  S3_UPLOAD_PART("storage.s3.upload.part"),
  S3_UPLOAD_PART_COPY("storage.s3.upload.part_copy"),
  S3_UPLOAD("storage.s3.upload"),
  S3_COPY("storage.s3.object.copy"),
  S3_GET("storage.s3.object.get"),
  S3_LIST("storage.s3.object.list"),
  S3_HEAD("storage.s3.object.info"),
  S3_DELETE("storage.s3.object.delete"),
  S3_DELETE_MANY("storage.s3.object.delete_many"),
  S3_GET_TAGGING("storage.s3.object.get_tagging"),
  S3_BUCKET_CREATE("storage.s3.bucket.create"),
  S3_BUCKET_DELETE("storage.s3.bucket.delete"),
  S3_BUCKET_GET("storage.s3.bucket.get"),
  S3_BUCKET_HEAD("storage.s3.bucket.head"),
  S3_BUCKET_LIST("storage.s3.bucket.list"),
  S3_BUCKET_LOCATION("storage.s3.bucket.get_location"),
  S3_BUCKET_VERSIONING("storage.s3.bucket.get_versioning"),
  NONE("");

  private final String word;

  Operation(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
