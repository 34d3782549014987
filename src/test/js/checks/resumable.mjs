// Resumable uploads, by the real tus-js-client.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import * as tus from "tus-js-client";
import { good } from "../harness.mjs";

const SIX_MB = 6 * 1024 * 1024;

/** Uploads to the end, or until `until` bytes went out; resolves with the upload. */
function upload(salon, body, options, until = Infinity) {
  return new Promise((resolve, reject) => {
    const it = new tus.Upload(body, {
      endpoint: `${salon.url}/storage/v1/upload/resumable`,
      retryDelays: [0, 200, 500],
      chunkSize: SIX_MB,
      uploadDataDuringCreation: true,
      removeFingerprintOnSuccess: true,
      onError: reject,
      onSuccess: () => resolve(it),
      onChunkComplete: (_, sent) => {
        if (sent >= until) it.abort().then(() => resolve(it), reject);
      },
      ...options,
    });
    it.start();
  });
}

async function tokenOf(client) {
  return (await client.auth.getSession()).data.session.access_token;
}

export async function resumable(check, salon) {
  const { ann, bob, service } = salon;
  const body = randomBytes(2 * SIX_MB + 1234);
  const album = ann.client.storage.from("albums");
  const path = `${ann.id}/film.bin`;
  const metadata = { bucketName: "albums", objectName: path, contentType: "video/mp4", cacheControl: "120" };
  const headers = { authorization: `Bearer ${await tokenOf(ann.client)}`, apikey: salon.keys.anon };

  await check("resumable: an upload in chunks becomes the object", async () => {
    const done = await upload(salon, body, { headers, metadata });
    assert.match(done.url, /\/storage\/v1\/upload\/resumable\/[\w-]+$/);
    const blob = good(await album.download(path));
    assert.equal(blob.type, "video/mp4");
    assert.ok(body.equals(Buffer.from(await blob.arrayBuffer())));
  });

  await check("resumable: broken off and taken up again", async () => {
    const again = { ...metadata, objectName: `${ann.id}/again.bin`, metadata: JSON.stringify({ a: "b" }) };
    const first = await upload(salon, body, { headers, metadata: again }, SIX_MB);
    assert.ok((await album.download(again.objectName)).error, "nothing is visible before the end");
    const state = await fetch(first.url, { method: "HEAD", headers: { ...headers, "tus-resumable": "1.0.0" } });
    assert.equal(state.status, 200);
    assert.equal(state.headers.get("upload-offset"), String(SIX_MB));
    assert.equal(state.headers.get("upload-length"), String(body.length));
    await upload(salon, body, { headers, metadata: again, uploadUrl: first.url });
    const blob = good(await album.download(again.objectName));
    assert.equal(
      createHash("sha256").update(Buffer.from(await blob.arrayBuffer())).digest("hex"),
      createHash("sha256").update(body).digest("hex"),
    );
    if (typeof album.info === "function") {
      assert.deepEqual(good(await album.info(again.objectName)).metadata, { a: "b" });
    }
  });

  await check("resumable: a length that is told at the end, and an empty object", async () => {
    const name = `${ann.id}/deferred.bin`;
    await upload(salon, body.subarray(0, 5000), {
      headers,
      metadata: { ...metadata, objectName: name },
      uploadLengthDeferred: true,
      uploadDataDuringCreation: false,
    });
    assert.equal(good(await album.download(name)).size, 5000);
    const none = `${ann.id}/empty.bin`;
    await upload(salon, Buffer.alloc(0), { headers, metadata: { ...metadata, objectName: none } });
    assert.equal(good(await album.download(none)).size, 0);
  });

  await check("resumable: by a signed link, without a token", async () => {
    const name = `${ann.id}/signed.bin`;
    const link = good(await album.createSignedUploadUrl(name));
    await upload(salon, body, {
      endpoint: `${salon.url}/storage/v1/upload/resumable/sign`,
      headers: { "x-signature": link.token },
      metadata: { ...metadata, objectName: name },
    });
    assert.equal(good(await album.download(name)).size, body.length);
  });

  await check("resumable: refusals carry their own status", async () => {
    const status = async (options) => {
      const failure = await upload(salon, body, { retryDelays: null, ...options }).then(
        () => undefined,
        (error) => error,
      );
      return failure?.originalResponse?.getStatus();
    };
    const theirs = { authorization: `Bearer ${await tokenOf(bob.client)}`, apikey: salon.keys.anon };
    assert.equal(await status({ headers: theirs, metadata }), 403);
    assert.equal(await status({ headers, metadata }), 409);
    assert.equal(await status({ headers: {}, metadata }), 400);
    assert.equal(await status({ headers: { ...headers, "x-upsert": "true" }, metadata }), undefined);
    const admin = { authorization: `Bearer ${salon.keys.service}` };
    const small = `small-${salon.label}`;
    good(await service.storage.createBucket(small, { fileSizeLimit: 1000 }));
    assert.equal(await status({ headers: admin, metadata: { ...metadata, bucketName: small } }), 413);
    assert.equal(await status({ headers: admin, metadata: { ...metadata, bucketName: "none" } }), 404);
    good(await service.storage.deleteBucket(small));
  });

  await check("resumable: a foreign upload cannot be seen, added to or ended", async () => {
    const metadataOfOwn = { ...metadata, objectName: `${ann.id}/private.bin` };
    const first = await upload(salon, body, { headers, metadata: metadataOfOwn }, SIX_MB);
    const theirs = { authorization: `Bearer ${await tokenOf(bob.client)}`, "tus-resumable": "1.0.0" };
    for (const method of ["HEAD", "DELETE"]) {
      assert.equal((await fetch(first.url, { method, headers: theirs })).status, 404, method);
    }
    const patch = { ...theirs, "content-type": "application/offset+octet-stream", "upload-offset": String(SIX_MB) };
    assert.equal((await fetch(first.url, { method: "PATCH", headers: patch, body: "x" })).status, 404);
    const own = { ...headers, "tus-resumable": "1.0.0" };
    const wrong = { ...patch, ...own, "upload-offset": "1" };
    assert.equal((await fetch(first.url, { method: "PATCH", headers: wrong, body: "x" })).status, 409);
    assert.equal((await fetch(first.url, { method: "DELETE", headers: own })).status, 204);
    assert.equal((await fetch(first.url, { method: "HEAD", headers: own })).status, 404);
    const said = await fetch(`${salon.url}/storage/v1/upload/resumable`, { method: "OPTIONS" });
    assert.equal(said.status, 204);
    assert.match(said.headers.get("tus-extension"), /creation.*termination/);
  });

  await check("resumable: what this run left is removed", async () => {
    const names = ["film", "again", "deferred", "empty", "signed"].map((name) => `${ann.id}/${name}.bin`);
    assert.equal(good(await album.remove(names)).length, names.length);
  });
}
