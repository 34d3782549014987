// rpc(): what functions take and give.
import assert from "node:assert/strict";
import { bad, good } from "../harness.mjs";

export async function procedures(check, salon) {
  const db = salon.ann.client;

  await check("rpc gives a scalar", async () => {
    assert.equal(good(await db.rpc("add_numbers", { a: 2, b: 3 })), 5);
  });

  await check("rpc fills defaults", async () => {
    assert.equal(good(await db.rpc("add_numbers", { a: 2 })), 3);
  });

  await check("rpc gives a set, filtered and sorted like a table", async () => {
    const rows = good(await db.rpc("samples_over", { minimum: 5 }).select("id").lt("id", 4).order("id", { ascending: false }));
    assert.deepEqual(rows, [{ id: 2 }, { id: 1 }]);
  });

  await check("rpc gives one row as an object", async () => {
    const row = good(await db.rpc("first_sample").select("id, name").single());
    assert.deepEqual(row, { id: 1, name: "alpha" });
  });

  await check("rpc of a void function gives null", async () => {
    const answer = await db.rpc("nothing");
    assert.equal(answer.error, null);
    assert.ok(answer.data === null || answer.data === "", JSON.stringify(answer.data));
    assert.equal(answer.status, 204);
  });

  await check("rpc by GET, and by HEAD with a count", async () => {
    assert.equal(good(await db.rpc("add_numbers", { a: 20, b: 22 }, { get: true })), 42);
    const counted = await db.rpc("samples_over", { minimum: 15 }, { head: true, count: "exact" });
    assert.equal(counted.error, null);
    assert.equal(counted.count, 2);
  });

  await check("rpc takes an enum and an array", async () => {
    assert.equal(good(await db.rpc("status_name", { of: "done" })), "done");
    assert.equal(good(await db.rpc("joined", { words: ["a", "b,c"] })), "a+b,c");
  });

  await check("rpc knows who calls", async () => {
    const ann = good(await db.rpc("who_am_i"));
    assert.deepEqual(ann, { id: salon.ann.id, role: "authenticated", email: salon.ann.email });
    const nobody = good(await salon.anon.rpc("who_am_i"));
    assert.deepEqual([nobody.id, nobody.role], [null, "anon"]);
    assert.equal(good(await salon.service.rpc("who_am_i")).role, "service_role");
  });

  await check("rpc errors keep code, detail and hint", async () => {
    const refused = bad(await db.rpc("refuses"), "P0001", 400);
    assert.deepEqual([refused.message, refused.details, refused.hint], ["not today", "it is closed", "come tomorrow"]);
    bad(await db.rpc("teapot"), "PT418", 418);
    bad(await db.rpc("no_such_function"), "PGRST202", 404);
    bad(await db.rpc("add_numbers", { c: 1 }), "PGRST202", 404);
    bad(await db.rpc("add_numbers", { a: "x" }), "22P02", 400);
  });

  await check("rpc needs the right to execute", async () => {
    bad(await db.rpc("for_staff"), "42501", 403);
    bad(await salon.anon.rpc("for_staff"), "42501", 401);
    assert.equal(good(await salon.service.rpc("for_staff")), 1);
  });
}
