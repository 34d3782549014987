// insert, upsert, update and delete, what they give back and how they fail.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { bad, good } from "../harness.mjs";

export async function writing(check, salon) {
  const db = salon.bob.client;
  const user_id = salon.bob.id;

  await check("insert gives nothing back unless asked", async () => {
    const answer = await db.from("customers").insert({ name: "Quiet" });
    assert.equal(answer.error, null);
    assert.equal(answer.data, null);
    assert.equal(answer.status, 201);
  });

  await check("insert of one, with its defaults", async () => {
    const answer = await db.from("services").insert({ name: "Wash", price: 12 }).select().single();
    const row = good(answer);
    assert.equal(answer.status, 201);
    assert.equal(row.user_id, user_id);
    assert.equal(row.active, true);
    assert.equal(row.price, 12);
    assert.match(row.id, /^[0-9a-f-]{36}$/);
  });

  await check("insert of many, chosen columns back", async () => {
    const rows = good(await db.from("customers").insert([{ name: "M1" }, { name: "M2" }]).select("name"));
    assert.deepEqual(rows, [{ name: "M1" }, { name: "M2" }]);
  });

  await check("insert of many with unlike keys fills null, or the default where asked", async () => {
    const rows = good(
      await db.from("customers").insert([{ name: "U1", email: "u@example.com" }, { name: "U2" }]).select("name, email"),
    );
    assert.deepEqual(rows, [
      { name: "U1", email: "u@example.com" },
      { name: "U2", email: null },
    ]);
    const defaults = good(
      await db
        .from("services")
        .insert([{ name: "D1", price: 1, active: false }, { name: "D2", price: 2 }], { defaultToNull: false })
        .select("active"),
    );
    assert.deepEqual(defaults, [{ active: false }, { active: true }]);
  });

  await check("insert gives an embed back", async () => {
    const customer = good(await db.from("customers").insert({ name: "Embedded" }).select("id").single());
    const row = good(
      await db
        .from("bookings")
        .insert({ customer_id: customer.id, starts_at: "2026-06-01T08:30:00+02:00" })
        .select("starts_at, status, customers(name)")
        .single(),
    );
    assert.equal(new Date(row.starts_at).toISOString(), "2026-06-01T06:30:00.000Z");
    assert.deepEqual([row.status, row.customers.name], ["requested", "Embedded"]);
  });

  await check("upsert on the primary key", async () => {
    const { id } = good(await db.from("customers").insert({ name: "Before" }).select("id").single());
    const row = good(await db.from("customers").upsert({ id, name: "After" }).select("id, name").single());
    assert.deepEqual(row, { id, name: "After" });
  });

  await check("upsert on another unique key", async () => {
    const onConflict = "user_id,name";
    const service = { user_id, name: "Upsert", price: 5 };
    const first = good(await db.from("services").upsert(service, { onConflict }).select("id").single());
    const second = good(
      await db.from("services").upsert({ ...service, price: 6 }, { onConflict }).select("id, price").single(),
    );
    assert.deepEqual(second, { id: first.id, price: 6 });
  });

  await check("upsert that ignores duplicates gives back only new rows", async () => {
    const options = { onConflict: "user_id,name", ignoreDuplicates: true };
    const rows = good(
      await db
        .from("services")
        .upsert([{ user_id, name: "Upsert", price: 99 }, { user_id, name: "Fresh", price: 7 }], options)
        .select("name, price"),
    );
    assert.deepEqual(rows, [{ name: "Fresh", price: 7 }]);
    const kept = good(await db.from("services").select("price").eq("name", "Upsert").single());
    assert.equal(kept.price, 6);
  });

  await check("update gives back what it changed", async () => {
    const rows = good(
      await db.from("services").update({ price: 8 }).eq("name", "Fresh").select("name, price"),
    );
    assert.deepEqual(rows, [{ name: "Fresh", price: 8 }]);
  });

  await check("update without select is silent, and counts where asked", async () => {
    const silent = await db.from("services").update({ price: 9 }).eq("name", "Fresh");
    assert.equal(silent.error, null);
    assert.equal(silent.data, null);
    assert.equal(silent.status, 204);
    const counted = await db.from("services").update({ active: false }, { count: "exact" }).in("name", ["Fresh", "Upsert"]);
    assert.equal(counted.error, null);
    assert.equal(counted.count, 2);
  });

  await check("update of no row is an empty answer, or an error for single", async () => {
    const nobody = randomUUID();
    assert.deepEqual(good(await db.from("services").update({ price: 1 }).eq("id", nobody).select()), []);
    bad(await db.from("services").update({ price: 1 }).eq("id", nobody).select().single(), "PGRST116", 406);
  });

  await check("a refused single leaves the rows as they were", async () => {
    bad(await db.from("services").update({ price: 1000 }).in("name", ["Fresh", "Upsert"]).select().single(), "PGRST116");
    const rows = good(await db.from("services").select("price").in("name", ["Fresh", "Upsert"]).order("price"));
    assert.deepEqual(rows, [{ price: 6 }, { price: 9 }]);
  });

  await check("delete gives back what it removed", async () => {
    const rows = good(await db.from("services").delete().eq("name", "Fresh").select("name"));
    assert.deepEqual(rows, [{ name: "Fresh" }]);
    const silent = await db.from("services").delete().eq("name", "Upsert");
    assert.deepEqual([silent.error, silent.status], [null, 204]);
    assert.deepEqual(good(await db.from("services").select("id").in("name", ["Fresh", "Upsert"])), []);
  });

  await check("json, arrays and ranges are stored as sent", async () => {
    const id = salon.label === "old" ? 901 : 902;
    const service = salon.service;
    const row = {
      id,
      name: 'q"uote, {brace} \\ back',
      tags: ["a,b", 'c"d', ""],
      data: { list: [1, "two", null], deep: { ü: "ß" } },
      span: "[2,4)",
      at: "2026-07-01T00:00:00Z",
    };
    try {
      const stored = good(await service.from("samples").insert(row).select("name, tags, data, span").single());
      assert.deepEqual(stored, { name: row.name, tags: row.tags, data: row.data, span: row.span });
    } finally {
      good(await service.from("samples").delete().eq("id", id));
    }
  });

  await check("broken constraints keep PostgreSQL's code", async () => {
    const twice = [{ user_id, name: "Twice", price: 1 }, { user_id, name: "Twice", price: 2 }];
    const duplicate = bad(await db.from("services").insert(twice), "23505", 409);
    assert.match(duplicate.message, /duplicate key value/);
    assert.equal(duplicate.details, null, "row security hides the values of other rows");
    assert.match(bad(await salon.service.from("services").insert(twice), "23505").details, /already exists/);
    bad(await db.from("bookings").insert({ customer_id: randomUUID(), starts_at: "2026-01-01" }), "23503", 409);
    bad(await db.from("services").insert({ name: "No price" }), "23502", 400);
    bad(await db.from("customers").insert({ name: "" }), "23514", 400);
    bad(await db.from("bookings").insert({ customer_id: randomUUID(), starts_at: "2026-01-01", status: "odd" }), "22P02", 400);
    bad(await db.from("customers").insert({ name: "x", no_such_column: 1 }), "PGRST204", 400);
  });

  await check("a failed insert of many stores none", async () => {
    bad(await db.from("customers").insert([{ name: "Half" }, { name: "" }]), "23514");
    assert.deepEqual(good(await db.from("customers").select("id").eq("name", "Half")), []);
  });
}
