// What a data API answers only where its configuration allows it (plans, aggregates, transactions that are
// rolled back on request), and what else the current client can ask for.
import assert from "node:assert/strict";
import { bad, good } from "../harness.mjs";

export async function switched(check, salon) {
  const db = salon.ann.client;
  const samples = () => salon.anon.from("samples");

  await check("explain gives the plan as text, and as json with what was measured", async () => {
    assert.match(good(await samples().select().explain()), /cost=/);
    const [{ Plan: plan }] = good(
      await samples().select("id").explain({ format: "json", analyze: true, verbose: true }),
    );
    assert.ok("Actual Total Time" in plan && "Output" in plan, JSON.stringify(plan));
  });

  await check("rollback answers as if it had been done, and undoes it", async () => {
    const row = good(await db.from("services").insert({ name: "Perm", price: 90 }).select("name").rollback());
    assert.deepEqual(row, [{ name: "Perm" }]);
    assert.deepEqual(good(await db.from("services").select("name").eq("name", "Perm")), []);
    good(await db.from("customers").delete().eq("name", "Zoe").select().rollback());
    assert.equal(good(await db.from("customers").select("name").eq("name", "Zoe")).length, 1);
  });

  await check("aggregates, whole and in groups, renamed and cast", async () => {
    assert.deepEqual(good(await samples().select("amount.sum(), largest:amount.max(), id.count()")), [
      { sum: 70.5, largest: 40, count: 4 },
    ]);
    assert.deepEqual(good(await samples().select("active, n:id.count()::text").order("active")), [
      { active: false, n: "1" },
      { active: true, n: "2" },
      { active: null, n: "1" },
    ]);
    const rows = good(await db.from("customers").select("name, bookings(id.count())").order("name"));
    assert.deepEqual(rows, [
      { name: "Max", bookings: [{ count: 1 }] },
      { name: "Zoe", bookings: [{ count: 2 }] },
    ]);
  });

  await check("an aggregate of no column is told", async () => {
    assert.match(bad(await samples().select("nowhere.sum()"), "42703", 400).message, /nowhere/);
  });

  await check("a spread of many gives an array for each column", async () => {
    const rows = good(await db.from("customers").select("name, ...bookings(statuses:status)").order("name"));
    assert.deepEqual(rows, [
      { name: "Max", statuses: ["requested"] },
      { name: "Zoe", statuses: ["done", "confirmed"] },
    ]);
  });

  await check("stripNulls leaves empty fields out, of rows and of one row", async () => {
    const rows = samples().select("id, amount, span").eq("id", 3);
    if (!rows.stripNulls) return;
    assert.deepEqual(good(await rows.stripNulls()), [{ id: 3, span: "[20,30)" }]);
    const row = good(await samples().select("id, amount").eq("id", 3).stripNulls().single());
    assert.deepEqual(row, { id: 3 });
  });

  await check("maxAffected refuses to change more, and changes nothing", async () => {
    const wide = db.from("bookings").update({ note: "all" }).gt("id", 0);
    if (!wide.maxAffected) return;
    bad(await wide.maxAffected(2), "PGRST124", 400);
    assert.equal(good(await db.from("bookings").select("id").eq("note", "all")).length, 0);
    const few = await db.from("bookings").update({ note: "third" }).eq("note", "third").maxAffected(2).select("note");
    assert.deepEqual(good(few), [{ note: "third" }]);
    bad(await db.from("bookings").delete().gt("id", 0).maxAffected(1), "PGRST124", 400);
    bad(await db.rpc("touched").maxAffected(1), "PGRST124", 400);
    bad(await db.rpc("add_numbers", { a: 1 }).maxAffected(1), "PGRST128", 400);
  });

  await check("the newer filters", async () => {
    const query = samples().select("id").order("id");
    if (!query.regexMatch) return;
    const ids = async (narrow) => good(await narrow(samples().select("id").order("id"))).map((row) => row.id);
    assert.deepEqual(await ids((q) => q.regexMatch("name", "^(al|be)")), [1, 2]);
    assert.deepEqual(await ids((q) => q.regexIMatch("name", "^AL")), [1]);
    assert.deepEqual(await ids((q) => q.isDistinct("amount", 10)), [2, 3, 4]);
    assert.deepEqual(await ids((q) => q.notIn("id", [1, 2])), [3, 4]);
    assert.deepEqual(await ids((q) => q.ilikeAllOf("name", ["%A%", "%M%"])), [3]);
  });

  await check("csv quotes what needs it, of a function too", async () => {
    const text = good(await samples().select("id,name").gte("id", 3).order("id").csv());
    assert.equal(text, 'id,name\n3,"gamma, or so"\n4,"del""ta (4)"');
    assert.equal(good(await db.rpc("samples_over", { minimum: 30 }).select("id,tags").csv()), "id,tags\n4,{green}");
  });

  await check("one unnamed parameter takes the whole body", async () => {
    assert.deepEqual(good(await db.rpc("echoed", { a: 1, b: [null, "x"] })), { a: 1, b: [null, "x"] });
    assert.equal(good(await db.rpc("spoken", { "": "x" })), '{"":"x"}');
  });

  await check("rpc by GET with an array, and a count without rows", async () => {
    assert.equal(good(await db.rpc("joined", { words: ["a", "b"] }, { get: true })), "a+b");
    const counted = await db.rpc("samples_over", { minimum: 0 }, { get: true, count: "exact" }).limit(1);
    assert.equal(good(counted).length, 1);
    assert.equal(counted.count, 3);
  });

  await check("a long list of values is no problem", async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => i + 3);
    assert.deepEqual(good(await samples().select("id").in("id", ids).order("id")).map((row) => row.id), [3, 4]);
  });

  await check("a request that is given up leaves the next one alone", async () => {
    const stop = new AbortController();
    const slow = db.rpc("slow").abortSignal(stop.signal);
    setTimeout(() => stop.abort(), 100);
    assert.ok((await slow).error);
    assert.equal(good(await db.rpc("add_numbers", { a: 1, b: 1 })), 2);
  });
}
