// Every comparison the client offers, each against a row set known by heart.
import assert from "node:assert/strict";
import { good } from "../harness.mjs";

export async function filters(check, salon) {
  const samples = () => salon.anon.from("samples").select("id").order("id");

  const expect = (name, narrow, ids) =>
    check(`filter ${name}`, async () => {
      assert.deepEqual(good(await narrow(samples())).map((row) => row.id), ids);
    });

  await expect("eq", (q) => q.eq("name", "alpha"), [1]);
  await expect("eq with commas, quotes and brackets", (q) => q.eq("name", 'del"ta (4)'), [4]);
  await expect("neq", (q) => q.neq("name", "alpha"), [2, 3, 4]);
  await expect("gt", (q) => q.gt("amount", 20.5), [4]);
  await expect("gte", (q) => q.gte("amount", 20.5), [2, 4]);
  await expect("lt", (q) => q.lt("amount", 20.5), [1]);
  await expect("lte", (q) => q.lte("amount", 20.5), [1, 2]);
  await expect("gt on a time with an offset", (q) => q.gt("at", "2026-02-01T12:00:00+01:00"), [3, 4]);
  await expect("two on one column", (q) => q.gte("id", 2).lte("id", 3), [2, 3]);
  await expect("like", (q) => q.like("name", "%ta"), [2]);
  await expect("like minds case", (q) => q.like("name", "ALPHA"), []);
  await expect("ilike", (q) => q.ilike("name", "AL%"), [1]);
  await expect("likeAllOf", (q) => q.likeAllOf("name", ["%a%", "%m%"]), [3]);
  await expect("likeAnyOf", (q) => q.likeAnyOf("name", ["al%", "be%"]), [1, 2]);
  await expect("ilikeAnyOf", (q) => q.ilikeAnyOf("name", ["AL%", "BE%"]), [1, 2]);
  await expect("is null", (q) => q.is("amount", null), [3]);
  await expect("is true", (q) => q.is("active", true), [1, 4]);
  await expect("is false", (q) => q.is("active", false), [2]);
  await expect("in", (q) => q.in("id", [1, 3, 99]), [1, 3]);
  await expect("in with values that need quotes", (q) => q.in("name", ["gamma, or so", "beta"]), [2, 3]);
  await expect("in of nothing", (q) => q.in("id", []), []);
  await expect("contains of an array", (q) => q.contains("tags", ["blue"]), [1, 2]);
  await expect("contains of json", (q) => q.contains("data", { color: "red" }), [1, 3]);
  await expect("contains of a range", (q) => q.contains("span", "[6,7)"), [2]);
  await expect("containedBy of an array", (q) => q.containedBy("tags", ["red", "blue"]), [1, 2, 3]);
  await expect("containedBy of a range", (q) => q.containedBy("span", "[0,10)"), [1, 2]);
  await expect("overlaps of an array", (q) => q.overlaps("tags", ["red", "green"]), [1, 4]);
  await expect("overlaps of a range", (q) => q.overlaps("span", "[4,6)"), [1, 2]);
  await expect("rangeGt", (q) => q.rangeGt("span", "[5,9)"), [3]);
  await expect("rangeGte", (q) => q.rangeGte("span", "[5,9)"), [2, 3]);
  await expect("rangeLt", (q) => q.rangeLt("span", "[5,9)"), [1]);
  await expect("rangeLte", (q) => q.rangeLte("span", "[5,9)"), [1, 2]);
  await expect("rangeAdjacent", (q) => q.rangeAdjacent("span", "[5,9)"), [1]);
  await expect("textSearch", (q) => q.textSearch("words", "fox & dog", { config: "english" }), [3]);
  await expect("textSearch plain", (q) => q.textSearch("words", "lazy dog", { type: "plain", config: "english" }), [2]);
  await expect(
    "textSearch phrase",
    (q) => q.textSearch("words", "brown fox", { type: "phrase", config: "english" }),
    [1],
  );
  await expect(
    "textSearch websearch",
    (q) => q.textSearch("words", "fox -quick", { type: "websearch", config: "english" }),
    [3],
  );
  await expect("match", (q) => q.match({ active: true, name: "alpha" }), [1]);
  await expect("not eq", (q) => q.not("name", "eq", "alpha"), [2, 3, 4]);
  await expect("not is null", (q) => q.not("amount", "is", null), [1, 2, 4]);
  await expect("not in", (q) => q.not("id", "in", "(1,2)"), [3, 4]);
  await expect("or", (q) => q.or("id.eq.1,amount.gte.40"), [1, 4]);
  await expect("or with quoted text", (q) => q.or('name.eq."gamma, or so",id.eq.2'), [2, 3]);
  await expect("or of ilike", (q) => q.or("name.ilike.%LPH%,name.ilike.%eta%"), [1, 2]);
  await expect("and inside or", (q) => q.or("id.eq.2,and(active.is.true,amount.gt.20)"), [2, 4]);
  await expect("not inside or", (q) => q.or("name.not.like.%a%,id.not.in.(1,2,3)"), [4]);
  await expect("not and inside or", (q) => q.or("id.eq.1,not.and(id.gte.1,id.lte.3)"), [1, 4]);
  await expect("or beside another filter", (q) => q.eq("active", true).or("id.eq.1,id.eq.2"), [1]);
  await expect("two ors", (q) => q.or("id.eq.1,id.eq.2").or("id.eq.2,id.eq.3"), [2]);
  await expect("or with an array", (q) => q.or("tags.cs.{green},id.eq.1"), [1, 4]);
  await expect("raw regular expression", (q) => q.filter("name", "match", "^(al|be)"), [1, 2]);
  await expect("raw regular expression without case", (q) => q.filter("name", "imatch", "^AL"), [1]);
  await expect("raw isdistinct", (q) => q.filter("amount", "isdistinct", 10), [2, 3, 4]);
  await expect("raw eq any", (q) => q.filter("id", "eq(any)", "{1,4}"), [1, 4]);
  await expect("on a json text", (q) => q.eq("data->>color", "red"), [1, 3]);
  await expect("on a json number", (q) => q.gt("data->size->w", 1), [2]);
  await expect("on a json array element", (q) => q.eq("data->list->>0", "1"), [3]);

  await check("filter on an embedded or", async () => {
    const rows = good(
      await salon.ann.client
        .from("customers")
        .select("name, bookings!inner(note)")
        .or("note.eq.first,status.eq.cancelled", { referencedTable: "bookings", foreignTable: "bookings" }),
    );
    assert.deepEqual(rows, [{ name: "Zoe", bookings: [{ note: "first" }] }]);
  });

  await check("filter by whether an embed is there", async () => {
    const rows = good(
      await salon.ann.client.from("services").select("name, bookings(id)").eq("bookings.status", "done")
        .not("bookings", "is", null),
    );
    assert.deepEqual(rows.map((row) => row.name), ["Cut"]);
  });

  await check("filter on an enum", async () => {
    const rows = good(
      await salon.ann.client.from("bookings").select("note").in("status", ["done", "requested"]).order("note"),
    );
    assert.deepEqual(rows.map((row) => row.note), ["first", "third"]);
  });
}
