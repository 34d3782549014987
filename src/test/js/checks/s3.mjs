// The S3 endpoint, by the real AWS SDK.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { good } from "../harness.mjs";

const MB = 1024 * 1024;

function client(salon, credentials, more = {}) {
  return new S3Client({
    endpoint: `${salon.url}/storage/v1/s3`,
    region: "local",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
    ...more,
  });
}

async function fails(promise, status, name) {
  const error = await promise.then(
    () => assert.fail("expected a refusal"),
    (failure) => failure,
  );
  assert.equal(error.$metadata?.httpStatusCode, status, `${error.name}: ${error.message}`);
  if (name) assert.equal(error.name, name);
}

const all = async (answer) => Buffer.from(await answer.Body.transformToByteArray());

export async function s3(check, salon) {
  const { ann, bob } = salon;
  const pair = { accessKeyId: salon.s3.id, secretAccessKey: salon.s3.secret };
  const s3 = client(salon, pair);
  const Bucket = `s3-${salon.label}`;
  const body = randomBytes(300_000);

  await check("s3: buckets", async () => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new HeadBucketCommand({ Bucket }));
    assert.ok((await s3.send(new ListBucketsCommand({}))).Buckets.some((b) => b.Name === Bucket));
    await fails(s3.send(new CreateBucketCommand({ Bucket })), 409, "BucketAlreadyExists");
    await fails(s3.send(new ListObjectsV2Command({ Bucket: "nowhere" })), 404, "NoSuchBucket");
  });

  await check("s3: a wrong key, a wrong secret and an old link are refused", async () => {
    const foreign = client(salon, { ...pair, accessKeyId: "nobody" });
    await fails(foreign.send(new ListBucketsCommand({})), 403, "InvalidAccessKeyId");
    const forged = client(salon, { ...pair, secretAccessKey: "guess" });
    await fails(forged.send(new ListBucketsCommand({})), 403, "SignatureDoesNotMatch");
    const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "a" }), {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 120_000),
    });
    assert.equal((await fetch(link)).status, 400);
    assert.equal((await fetch(`${salon.url}/storage/v1/s3/${Bucket}`)).status, 403);
  });

  await check("s3: put, head, get and a range", async () => {
    const Key = "dir with space/späß+1.bin".replace("ä", "a").replace("ß", "s");
    const put = await s3.send(
      new PutObjectCommand({ Bucket, Key, Body: body, ContentType: "image/png", Metadata: { taken: "today" } }),
    );
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    assert.deepEqual(
      [head.ContentLength, head.ContentType, head.ETag, head.Metadata.taken],
      [body.length, "image/png", put.ETag, "today"],
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    assert.ok(body.equals(await all(got)));
    const part = await s3.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=10-19" }));
    assert.ok(body.subarray(10, 20).equals(await all(part)));
    await fails(s3.send(new GetObjectCommand({ Bucket, Key: "none" })), 404, "NoSuchKey");
    await fails(s3.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=999999999-" })), 416);
    const rest = await salon.service.storage.from(Bucket).download(Key);
    assert.equal(good(rest).size, body.length);
  });

  await check("s3: bodies in signed chunks, unsigned ones, and one that was changed", async () => {
    const stream = () => Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]);
    for (const checksum of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]) {
      const Key = `chunks/${checksum}`;
      await s3.send(
        new PutObjectCommand({ Bucket, Key, Body: stream(), ContentLength: body.length, ChecksumAlgorithm: checksum }),
      );
      assert.ok(body.equals(await all(await s3.send(new GetObjectCommand({ Bucket, Key })))), checksum);
    }
    const wrong = new PutObjectCommand({ Bucket, Key: "wrong", Body: body, ChecksumCRC32: "AAAAAA==" });
    await fails(s3.send(wrong), 400, "BadDigest");
    const other = new PutObjectCommand({ Bucket, Key: "wrong", Body: body, ChecksumCRC64NVME: "AAAAAAAAAAA=" });
    await fails(s3.send(other), 400, "BadDigest");
    await fails(s3.send(new HeadObjectCommand({ Bucket, Key: "wrong" })), 404);
  });

  await check("s3: signed links", async () => {
    const Key = "linked.txt";
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key }), { expiresIn: 60 });
    assert.equal((await fetch(put, { method: "PUT", body: "by link" })).status, 200);
    const get = await getSignedUrl(
      s3,
      new GetObjectCommand({ Bucket, Key, ResponseContentDisposition: "attachment; filename=x.txt" }),
      { expiresIn: 60 },
    );
    const answer = await fetch(get);
    assert.equal(await answer.text(), "by link");
    assert.equal(answer.headers.get("content-disposition"), "attachment; filename=x.txt");
    assert.equal((await fetch(get.replace("linked", "other"))).status, 403);
  });

  await check("s3: listings", async () => {
    for (const Key of ["l/a.txt", "l/b/1.txt", "l/b/2.txt", "l/c.txt"]) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    }
    const level = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", Delimiter: "/" }));
    assert.deepEqual(level.Contents.map((o) => o.Key), ["l/a.txt", "l/c.txt"]);
    assert.deepEqual(level.CommonPrefixes.map((p) => p.Prefix), ["l/b/"]);
    const seen = [];
    let ContinuationToken;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", MaxKeys: 2, ContinuationToken }));
      seen.push(...page.Contents.map((o) => o.Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    assert.deepEqual(seen, ["l/a.txt", "l/b/1.txt", "l/b/2.txt", "l/c.txt"]);
    const first = await s3.send(new ListObjectsCommand({ Bucket, Prefix: "l/", Marker: "l/b/1.txt" }));
    assert.deepEqual(first.Contents.map((o) => o.Key), ["l/b/2.txt", "l/c.txt"]);
  });

  await check("s3: uploads in parts", async () => {
    const big = randomBytes(12 * MB + 5);
    const upload = new Upload({ client: s3, params: { Bucket, Key: "big", Body: big }, partSize: 5 * MB });
    const done = await upload.done();
    assert.match(done.ETag, /-3"$/);
    assert.ok(big.equals(await all(await s3.send(new GetObjectCommand({ Bucket, Key: "big" })))));

    const Key = "parts";
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "text/plain" }));
    const one = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "first, " }));
    const two = await s3.send(
      new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 2, CopySource: `${Bucket}/l/a.txt` }),
    );
    const parts = (await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts;
    assert.deepEqual(parts.map((part) => part.Size), [7, 7]);
    assert.ok((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads.some((u) => u.UploadId === UploadId));
    await fails(s3.send(new HeadObjectCommand({ Bucket, Key })), 404);
    const Parts = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.CopyPartResult.ETag },
    ];
    const complete = (list) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: list } }));
    await fails(complete([{ PartNumber: 3, ETag: one.ETag }]), 400, "MissingPart");
    await complete(Parts);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    assert.equal(String(await all(got)), "first, l/a.txt");
    assert.equal(got.ContentType.split(";")[0], "text/plain");

    const given = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "given up" }));
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "given up", UploadId: given.UploadId }));
    await fails(s3.send(new ListPartsCommand({ Bucket, Key: "given up", UploadId: given.UploadId })), 404, "NoSuchUpload");
  });

  await check("s3: an account's token stands under the policies", async () => {
    const as = async (account) =>
      client(salon, {
        accessKeyId: "project",
        secretAccessKey: salon.keys.anon,
        sessionToken: (await account.client.auth.getSession()).data.session.access_token,
      });
    const Key = `${ann.id}/by-s3.txt`;
    await (await as(ann)).send(new PutObjectCommand({ Bucket: "albums", Key, Body: "mine" }));
    await fails((await as(bob)).send(new GetObjectCommand({ Bucket: "albums", Key })), 404, "NoSuchKey");
    await fails((await as(bob)).send(new PutObjectCommand({ Bucket: "albums", Key, Body: "x" })), 403, "AccessDenied");
    await (await as(ann)).send(new DeleteObjectCommand({ Bucket: "albums", Key }));
  });

  await check("s3: copy and delete", async () => {
    await s3.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/l/a.txt` }));
    assert.equal(String(await all(await s3.send(new GetObjectCommand({ Bucket, Key: "copy" })))), "l/a.txt");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "never" }));
    await fails(s3.send(new DeleteBucketCommand({ Bucket })), 409, "ResourceNotEmpty");
    const keys = (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents.map(({ Key }) => ({ Key }));
    const gone = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: keys } }));
    assert.equal(gone.Deleted.length, keys.length);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
}
