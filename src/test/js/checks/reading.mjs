// select(): columns, embeds, order, pages, counts and the shapes an answer can have.
import assert from "node:assert/strict";
import { bad, good } from "../harness.mjs";

export async function reading(check, salon) {
  const db = salon.ann.client;
  const samples = () => salon.anon.from("samples");

  await check("select names columns, renames, casts and reads into json", async () => {
    const row = good(
      await samples()
        .select("title:name, id::text, data->color, shade:data->>color, data->size->>w")
        .eq("id", 1)
        .single(),
    );
    assert.deepEqual(row, { title: "alpha", id: "1", color: "red", shade: "red", w: "1" });
  });

  await check("select without columns gives every column with its JSON type", async () => {
    const row = good(await samples().select().eq("id", 2).single());
    assert.equal(row.amount, 20.5);
    assert.equal(row.active, false);
    assert.deepEqual(row.tags, ["blue"]);
    assert.deepEqual(row.data, { color: "blue", size: { w: 2 } });
    assert.equal(row.span, "[5,9)");
    assert.equal(new Date(row.at).toISOString(), "2026-02-01T10:00:00.000Z");
  });

  await check("an embed to one is an object, or null where nothing is referenced", async () => {
    const rows = good(await db.from("bookings").select("note, services(name, price)").order("starts_at"));
    assert.deepEqual(rows, [
      { note: "first", services: { name: "Cut", price: 30 } },
      { note: null, services: { name: "Color", price: 80.5 } },
      { note: "third", services: null },
    ]);
  });

  await check("an embed to many is an array, empty where nothing refers", async () => {
    const rows = good(await db.from("services").select("name, bookings(status)").order("name"));
    assert.deepEqual(rows, [
      { name: "Color", bookings: [{ status: "confirmed" }] },
      { name: "Cut", bookings: [{ status: "done" }] },
    ]);
  });

  await check("!inner drops rows whose embed is empty, and its filter drops parents", async () => {
    const all = good(await db.from("bookings").select("id, services!inner(name)"));
    assert.equal(all.length, 2);
    const cuts = good(await db.from("bookings").select("note, services!inner(name)").eq("services.name", "Cut"));
    assert.deepEqual(cuts, [{ note: "first", services: { name: "Cut" } }]);
  });

  await check("a filter on a plain embed keeps the parents", async () => {
    const rows = good(
      await db.from("customers").select("name, bookings(note)").eq("bookings.status", "done").order("name"),
    );
    assert.deepEqual(rows, [
      { name: "Max", bookings: [] },
      { name: "Zoe", bookings: [{ note: "first" }] },
    ]);
  });

  await check("an embed may be renamed and named by its foreign key or column", async () => {
    const byKey = good(
      await db.from("referrals").select("by:customers!referrals_from_customer_fkey(name)").single(),
    );
    assert.deepEqual(byKey, { by: { name: "Zoe" } });
    const byColumn = good(await db.from("referrals").select("to:customers!to_customer(name)").single());
    assert.deepEqual(byColumn, { to: { name: "Max" } });
  });

  await check("embeds nest", async () => {
    const zoe = good(
      await db
        .from("customers")
        .select("name, bookings(status, service:services(name))")
        .eq("name", "Zoe")
        .order("starts_at", { referencedTable: "bookings", foreignTable: "bookings" })
        .single(),
    );
    assert.deepEqual(zoe, {
      name: "Zoe",
      bookings: [
        { status: "done", service: { name: "Cut" } },
        { status: "confirmed", service: { name: "Color" } },
      ],
    });
  });

  await check("an embed counts", async () => {
    const rows = good(await db.from("customers").select("name, bookings(count)").order("name"));
    assert.deepEqual(rows, [
      { name: "Max", bookings: [{ count: 1 }] },
      { name: "Zoe", bookings: [{ count: 2 }] },
    ]);
  });

  await check("a spread lifts the columns of an embed", async () => {
    const rows = good(
      await db.from("bookings").select("note, ...customers(customer:name)").eq("status", "requested"),
    );
    assert.deepEqual(rows, [{ note: "third", customer: "Max" }]);
  });

  await check("an ambiguous embed is refused with the choices", async () => {
    const error = bad(await db.from("referrals").select("customers(name)"), "PGRST201", 300);
    assert.match(error.hint, /customers!referrals_from_customer_fkey/);
  });

  await check("a view reads like a table", async () => {
    const rows = good(await db.from("booking_list").select("customer, status").eq("status", "done"));
    assert.deepEqual(rows, [{ customer: "Zoe", status: "done" }]);
  });

  await check("order sorts by several columns, nulls where asked", async () => {
    const ids = async (query) => good(await query).map((row) => row.id);
    assert.deepEqual(await ids(samples().select("id").order("amount", { nullsFirst: true })), [3, 1, 2, 4]);
    assert.deepEqual(await ids(samples().select("id").order("amount", { nullsFirst: false })), [1, 2, 4, 3]);
    assert.deepEqual(await ids(samples().select("id").order("amount", { ascending: false })), [3, 4, 2, 1]);
    assert.deepEqual(
      await ids(samples().select("id").order("active", { nullsFirst: false }).order("id", { ascending: false })),
      [2, 4, 1, 3],
    );
  });

  await check("order by a column of an embed to one", async () => {
    const rows = good(
      await db.from("bookings").select("note, services!inner(name)").order("services(name)", { ascending: true }),
    );
    assert.deepEqual(rows.map((row) => row.services.name), ["Color", "Cut"]);
  });

  await check("order and limit inside an embed", async () => {
    const where = { referencedTable: "bookings", foreignTable: "bookings" };
    const row = good(
      await db
        .from("customers")
        .select("bookings(status)")
        .eq("id", salon.zoe.id)
        .order("starts_at", { ascending: false, ...where })
        .limit(1, where)
        .single(),
    );
    assert.deepEqual(row.bookings, [{ status: "confirmed" }]);
  });

  await check("limit and range page, and count exact tells the whole", async () => {
    const limited = await samples().select("id").order("id").limit(2);
    assert.deepEqual(good(limited), [{ id: 1 }, { id: 2 }]);
    const page = await samples().select("id", { count: "exact" }).order("id").range(1, 2);
    assert.deepEqual(good(page), [{ id: 2 }, { id: 3 }]);
    assert.equal(page.count, 4);
    assert.equal(page.status, 206);
    const whole = await samples().select("id", { count: "exact" });
    assert.equal(whole.count, 4);
    assert.equal(whole.status, 200);
  });

  await check("a range behind the last row is refused when counted, empty when not", async () => {
    bad(await samples().select("id", { count: "exact" }).range(100, 109), "PGRST103", 416);
    assert.deepEqual(good(await samples().select("id").range(100, 109)), []);
  });

  await check("head counts without rows", async () => {
    const answer = await samples().select("*", { count: "exact", head: true }).gt("id", 1);
    assert.equal(answer.error, null);
    assert.equal(answer.count, 3);
    assert.ok(answer.data === null || answer.data === "", "no rows in the answer");
  });

  await check("planned and estimated counts are numbers", async () => {
    for (const count of ["planned", "estimated"]) {
      const answer = await samples().select("id", { count });
      assert.equal(answer.error, null);
      assert.ok(Number.isInteger(answer.count), `${count}: ${answer.count}`);
    }
  });

  await check("single wants exactly one row", async () => {
    assert.deepEqual(good(await samples().select("id").eq("id", 1).single()), { id: 1 });
    const none = bad(await samples().select("id").eq("id", 99).single(), "PGRST116", 406);
    assert.match(none.details, /0 rows/);
    const two = bad(await samples().select("id").lte("id", 2).single(), "PGRST116", 406);
    assert.match(two.details, /2 rows/);
  });

  await check("maybeSingle allows none, but not two", async () => {
    assert.deepEqual(good(await samples().select("id").eq("id", 1).maybeSingle()), { id: 1 });
    assert.equal(good(await samples().select("id").eq("id", 99).maybeSingle()), null);
    bad(await samples().select("id").lte("id", 2).maybeSingle(), "PGRST116");
  });

  await check("csv gives a header and a line per row", async () => {
    const text = good(await samples().select("id,name").order("id").limit(2).csv());
    assert.deepEqual(text.trim().split(/\r?\n/), ["id,name", "1,alpha", "2,beta"]);
  });

  await check("mistakes in a request are told apart by their codes", async () => {
    bad(await salon.anon.from("no_such_table").select(), "PGRST205", 404);
    bad(await samples().select("no_such_column"), "42703", 400);
    bad(await samples().select("secrets(body)"), "PGRST200", 400);
    bad(await samples().select("id").filter("id", "nonsense", 1), "PGRST100", 400);
    bad(await samples().select("id").eq("id", "one"), "22P02", 400);
    bad(await samples().select("id").eq("secrets.id", 1), "PGRST108", 400);
  });

  await check("schema() reads the exposed schema and refuses another", async () => {
    assert.equal(good(await salon.anon.schema("public").from("samples").select("id")).length, 4);
    bad(await salon.service.schema("auth").from("users").select("id"), "PGRST106", 406);
  });

  await check("an aborted request is an error, not an answer", async () => {
    const controller = new AbortController();
    controller.abort();
    const answer = await samples().select("id").abortSignal(controller.signal);
    assert.equal(answer.data, null);
    assert.match(answer.error.message, /abort/i);
  });

  await check("throwOnError throws what error would have been", async () => {
    await assert.rejects(
      async () => await salon.anon.from("no_such_table").select().throwOnError(),
      (error) => error.code === "PGRST205",
    );
  });
}
