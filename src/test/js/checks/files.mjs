// Storage: buckets, uploads, downloads, links, listings and who may do what.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { good } from "../harness.mjs";

/** The error of a storage answer that must be one, with this status inside. */
function refused({ data, error }, status, message) {
  assert.ok(error, `expected a refusal, got ${JSON.stringify(data)}`);
  // The old client does not show the status inside the body.
  if (error.statusCode) assert.equal(String(error.statusCode), String(status), JSON.stringify(error));
  if (message) assert.equal(error.message, message);
  return error;
}

const bytes = async (blob) => Buffer.from(await blob.arrayBuffer());

export async function files(check, salon) {
  const { ann, bob, anon, service } = salon;
  const name = `albums-${salon.label}`;
  const open = `flyers-${salon.label}`;
  const photo = randomBytes(300_000);
  const album = (client) => client.storage.from("albums");
  const mine = (path) => `${ann.id}/${path}`;

  await check("files: the service role makes and changes buckets", async () => {
    good(await service.storage.createBucket(name, { public: false, fileSizeLimit: "1MB" }));
    good(await service.storage.createBucket(open, { public: true, allowedMimeTypes: ["image/*", "text/plain"] }));
    const bucket = good(await service.storage.getBucket(name));
    assert.equal(bucket.file_size_limit, 1_000_000);
    assert.equal(bucket.public, false);
    assert.match(bucket.created_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    refused(await service.storage.createBucket(name), 409, "The resource already exists");
    refused(await ann.client.storage.createBucket("forged"), 403, "new row violates row-level security policy");
    assert.deepEqual(good(await anon.storage.listBuckets()), []);
    assert.ok(good(await service.storage.listBuckets()).some((b) => b.id === open));
    good(await service.storage.updateBucket(name, { public: false, fileSizeLimit: 400_000 }));
    assert.equal(good(await service.storage.getBucket(name)).file_size_limit, 400_000);
    refused(await service.storage.getBucket("nowhere"), 404, "Bucket not found");
  });

  await check("files: an account uploads into its own folder and nowhere else", async () => {
    const put = good(await album(ann.client).upload(mine("one.bin"), photo, { contentType: "image/png" }));
    assert.equal(put.path, mine("one.bin"));
    refused(await album(bob.client).upload(mine("two.bin"), photo), 403, "new row violates row-level security policy");
    refused(await album(anon).upload(mine("two.bin"), photo), 403);
    refused(await album(ann.client).upload(mine("one.bin"), photo), 409, "The resource already exists");
    refused(await anon.storage.from("nowhere").upload("a", photo), 404, "Bucket not found");
  });

  await check("files: what was uploaded comes back, byte for byte, to its owner alone", async () => {
    const blob = good(await album(ann.client).download(mine("one.bin")));
    assert.equal(blob.type, "image/png");
    assert.ok(photo.equals(await bytes(blob)));
    refused(await album(bob.client).download(mine("one.bin")), 404);
    assert.ok((await album(anon).download(mine("one.bin"))).error);
  });

  await check("files: a form, a blob and a replacement", async () => {
    const form = new FormData();
    form.append("cacheControl", "60");
    form.append("metadata", JSON.stringify({ taken: "today" }));
    form.append("", new Blob([photo.subarray(0, 1000)], { type: "image/jpeg" }), "x.jpg");
    good(await album(ann.client).upload(mine("form.jpg"), form));
    assert.ok(photo.subarray(0, 1000).equals(await bytes(good(await album(ann.client).download(mine("form.jpg"))))));
    good(await album(ann.client).upload(mine("form.jpg"), photo.subarray(0, 10), { upsert: true }));
    assert.equal((await bytes(good(await album(ann.client).download(mine("form.jpg"))))).length, 10);
    good(await album(ann.client).update(mine("form.jpg"), new Blob(["hello"], { type: "text/plain" })));
    assert.equal(await good(await album(ann.client).download(mine("form.jpg"))).text(), "hello");
  });

  await check("files: limits of a bucket", async () => {
    const big = randomBytes(400_001);
    refused(await service.storage.from(name).upload("big", big), 413, "The object exceeded the maximum allowed size");
    refused(await service.storage.from(name).upload("big", new Blob([big])), 413);
    good(await service.storage.from(name).upload("fits", big.subarray(1)));
    refused(
      await service.storage.from(open).upload("a.zip", big, { contentType: "application/zip" }),
      415,
      "mime type application/zip is not supported",
    );
    refused(await service.storage.from(name).upload("späti.txt", "x"), 400, "Invalid key: späti.txt");
  });

  await check("files: listings, by folder and page by page", async () => {
    for (const path of ["b.txt", "a/1.txt", "a/2.txt", "a/c/3.txt"]) {
      good(await album(ann.client).upload(mine(`list/${path}`), path, { contentType: "text/plain" }));
    }
    const names = async (prefix, options) =>
      good(await album(ann.client).list(mine(`list${prefix}`), options)).map((entry) => entry.name);
    assert.deepEqual(await names(""), ["a", "b.txt"]);
    assert.deepEqual(await names("/a"), ["1.txt", "2.txt", "c"]);
    assert.deepEqual(await names("/a", { sortBy: { column: "name", order: "desc" } }), ["c", "2.txt", "1.txt"]);
    assert.deepEqual(await names("/a", { limit: 1, offset: 1 }), ["2.txt"]);
    assert.deepEqual(await names("/a", { search: "2" }), ["2.txt"]);
    assert.deepEqual(await names("/a", { sortBy: { column: "created_at", order: "asc" } }), ["c", "1.txt", "2.txt"]);
    const [folder, file] = good(await album(ann.client).list(mine("list")));
    assert.equal(folder.id, null);
    assert.equal(file.metadata.size, 5);
    assert.equal(file.metadata.mimetype, "text/plain");
    assert.deepEqual(good(await album(bob.client).list(mine("list"))), []);
  });

  await check("files: links to read and to write", async () => {
    const { signedUrl } = good(await album(ann.client).createSignedUrl(mine("one.bin"), 60));
    const answer = await fetch(signedUrl);
    assert.equal(answer.status, 200);
    assert.ok(answer.headers.get("expires"));
    assert.ok(photo.equals(Buffer.from(await answer.arrayBuffer())));
    const named = good(await album(ann.client).createSignedUrl(mine("one.bin"), 60, { download: "me.png" }));
    assert.equal(
      (await fetch(named.signedUrl)).headers.get("content-disposition"),
      "attachment; filename=me.png; filename*=UTF-8''me.png",
    );
    const forged = await fetch(signedUrl.replace("one.bin", "two.bin"));
    assert.equal(forged.status, 400);
    assert.equal((await forged.json()).error, "InvalidSignature");
    const [first, second] = good(await album(ann.client).createSignedUrls([mine("one.bin"), "none"], 60));
    assert.ok(first.signedUrl && !first.error);
    assert.equal(second.error, "Either the object does not exist or you do not have access to it");
    assert.ok((await album(bob.client).createSignedUrl(mine("one.bin"), 60)).error);

    const upload = good(await album(ann.client).createSignedUploadUrl(mine("late.txt")));
    good(await album(anon).uploadToSignedUrl(upload.path, upload.token, Buffer.from("late")));
    assert.equal(await good(await album(ann.client).download(mine("late.txt"))).text(), "late");
    refused(await album(anon).uploadToSignedUrl(upload.path, upload.token, Buffer.from("again")), 409);
    refused(await album(anon).uploadToSignedUrl(mine("other.txt"), upload.token, Buffer.from("x")), 400);
    const reading = new URL(signedUrl).searchParams.get("token");
    refused(await album(anon).uploadToSignedUrl(mine("one.bin"), reading, Buffer.from("x")), 400);
  });

  await check("files: a public bucket, its headers, ranges and conditions", async () => {
    const text = "0123456789abc";
    good(
      await service.storage
        .from(open)
        .upload("a/t.txt", Buffer.from(text), { contentType: "text/plain", cacheControl: "3600" }),
    );
    const { publicUrl } = anon.storage.from(open).getPublicUrl("a/t.txt").data;
    const whole = await fetch(publicUrl);
    const etag = `"${createHash("md5").update(text).digest("hex")}"`;
    assert.equal(await whole.text(), text);
    assert.equal(whole.headers.get("etag"), etag);
    assert.equal(whole.headers.get("content-length"), "13");
    assert.match(whole.headers.get("content-type"), /^text\/plain/);
    assert.match(whole.headers.get("cache-control"), /3600/);
    assert.equal(whole.headers.get("accept-ranges"), "bytes");
    assert.equal(whole.headers.get("x-robots-tag"), "none");
    const asked = (headers) => fetch(publicUrl, { headers });
    const part = await asked({ range: "bytes=0-3" });
    assert.deepEqual(
      [part.status, part.headers.get("content-range"), await part.text()],
      [206, "bytes 0-3/13", "0123"],
    );
    assert.equal(await (await asked({ range: "bytes=-3" })).text(), "abc");
    assert.equal((await (await asked({ range: "bytes=99-" })).json()).code, "InvalidRange");
    assert.equal((await asked({ "if-none-match": etag })).status, 304);
    assert.equal((await asked({ "if-none-match": '"other"' })).status, 200);
    assert.equal((await asked({ "if-modified-since": whole.headers.get("last-modified") })).status, 304);
    const head = await fetch(publicUrl, { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), "13");
    const disposition = async (query) => (await fetch(`${publicUrl}?${query}`)).headers.get("content-disposition");
    assert.equal(await disposition("download="), "attachment;");
    assert.equal(await disposition("download=m%C3%A9.txt"), "attachment; filename=m%C3%A9.txt; filename*=UTF-8''m%C3%A9.txt");
    const missing = await (await fetch(`${publicUrl}x`)).json();
    assert.deepEqual([missing.statusCode, missing.code], ["404", "NoSuchKey"]);
  });

  await check("files: move, copy and remove", async () => {
    good(await album(ann.client).copy(mine("one.bin"), mine("copied.bin")));
    good(await album(ann.client).move(mine("one.bin"), mine("moved.bin")));
    assert.ok((await album(ann.client).download(mine("one.bin"))).error);
    for (const path of ["copied.bin", "moved.bin"]) {
      assert.ok(photo.equals(await bytes(good(await album(ann.client).download(mine(path))))), path);
    }
    assert.ok((await album(ann.client).copy(mine("moved.bin"), `${bob.id}/stolen.bin`)).error);
    assert.ok((await album(bob.client).move(mine("moved.bin"), `${bob.id}/stolen.bin`)).error);
    assert.deepEqual(good(await album(bob.client).remove([mine("moved.bin")])), []);
    const gone = good(await album(ann.client).remove([mine("moved.bin"), mine("never.bin")]));
    assert.deepEqual(gone.map((object) => object.name), [mine("moved.bin")]);
    assert.ok(photo.equals(await bytes(good(await album(ann.client).download(mine("copied.bin"))))));
  });

  if (typeof album(ann.client).info === "function") {
    await check("files: what is known of an object, and whether it is there", async () => {
      good(await album(ann.client).upload(mine("known.txt"), Buffer.from("abc"), { metadata: { k: "v" }, upsert: true }));
      const info = good(await album(ann.client).info(mine("known.txt")));
      assert.equal(info.size, 3);
      assert.deepEqual(info.metadata, { k: "v" });
      assert.equal(info.bucketId, "albums");
      assert.equal(good(await album(ann.client).exists(mine("known.txt"))), true);
      assert.equal((await album(bob.client).exists(mine("known.txt"))).data, false);
    });
  }

  if (typeof album(ann.client).listV2 === "function") {
    await check("files: the second listing and its cursor", async () => {
      const seen = [];
      let cursor;
      do {
        const page = good(await album(ann.client).listV2({ prefix: mine("list/a/"), limit: 2, cursor }));
        seen.push(...page.objects.map((object) => object.name));
        cursor = page.nextCursor;
      } while (cursor);
      assert.deepEqual(seen, ["1.txt", "2.txt", "c/3.txt"].map((path) => mine(`list/a/${path}`)));
      const level = good(await album(ann.client).listV2({ prefix: mine("list/"), with_delimiter: true }));
      assert.deepEqual(level.folders.map((folder) => folder.key), ["a"]);
      assert.deepEqual(level.objects.map((object) => object.key), ["b.txt"]);
    });
  }

  await check("files: buckets are emptied and deleted", async () => {
    refused(await service.storage.deleteBucket(name), 409, "The bucket you tried to delete is not empty");
    refused(await ann.client.storage.emptyBucket("albums"), 403);
    for (const bucket of [name, open]) {
      good(await service.storage.emptyBucket(bucket));
      good(await service.storage.deleteBucket(bucket));
    }
    refused(await service.storage.getBucket(name), 404);
  });
}
