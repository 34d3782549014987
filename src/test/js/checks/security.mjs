// Who may see and change what, and which keys open the door at all.
import assert from "node:assert/strict";
import { bad, good } from "../harness.mjs";

export async function security(check, salon) {
  const { ann, bob, anon, service } = salon;

  await check("an account does not see another's rows", async () => {
    const theirs = good(await bob.client.from("bookings").select("id").in("id", salon.bookings.map((b) => b.id)));
    assert.deepEqual(theirs, []);
    assert.equal(good(await ann.client.from("bookings").select("id")).length, 3);
    assert.deepEqual(good(await bob.client.from("booking_list").select("id").eq("customer", "Zoe")), []);
  });

  await check("an account does not change or delete another's rows", async () => {
    const changed = await bob.client.from("customers").update({ name: "Taken" }).eq("id", salon.zoe.id).select();
    assert.deepEqual(good(changed), []);
    assert.deepEqual(good(await bob.client.from("customers").delete().eq("id", salon.zoe.id).select()), []);
    assert.equal(good(await ann.client.from("customers").select("name").eq("id", salon.zoe.id).single()).name, "Zoe");
  });

  await check("an account does not write in another's name", async () => {
    bad(await bob.client.from("customers").insert({ name: "Forged", user_id: ann.id }), "42501", 403);
    const own = good(await bob.client.from("customers").insert({ name: "Given away" }).select("id").single());
    bad(await bob.client.from("customers").update({ user_id: ann.id }).eq("id", own.id), "42501", 403);
  });

  await check("anon sees no rows of accounts and writes none", async () => {
    for (const table of ["customers", "services", "bookings", "profiles"]) {
      assert.deepEqual(good(await anon.from(table).select("*")), [], table);
    }
    bad(await anon.from("customers").insert({ name: "Nobody", user_id: ann.id }), "42501", 401);
    bad(await anon.from("samples").insert({ id: 999, name: "x", at: "2026-01-01" }), "42501", 401);
  });

  await check("a table without a grant is denied, not empty", async () => {
    bad(await anon.from("secrets").select(), "42501", 401);
    bad(await ann.client.from("secrets").select(), "42501", 403);
  });

  await check("the service role passes by row security", async () => {
    assert.equal(good(await service.from("secrets").select("body").single()).body, "for the service role only");
    const owners = good(await service.from("profiles").select("id, full_name").in("id", [ann.id, bob.id]).order("full_name"));
    assert.deepEqual(owners, [
      { id: ann.id, full_name: "Ann" },
      { id: bob.id, full_name: "Bob" },
    ]);
  });

  await check("no key, a wrong key and a forged token are refused", async () => {
    const url = `${salon.url}/rest/v1/samples?select=id`;
    assert.equal((await fetch(url)).status, 401);
    assert.equal((await fetch(url, { headers: { apikey: "no-such-key" } })).status, 401);
    const forged = await forge(ann.client);
    const answer = await fetch(url, { headers: { apikey: salon.keys.anon, authorization: `Bearer ${forged}` } });
    assert.equal(answer.status, 401);
  });

  await check("a token that names itself service_role without a signature is refused", async () => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const token = `${part({ alg: "none", typ: "JWT" })}.${part({ role: "service_role", exp: 4102444800 })}.`;
    const headers = { apikey: salon.keys.anon, authorization: `Bearer ${token}` };
    const answer = await fetch(`${salon.url}/rest/v1/secrets?select=id`, { headers });
    assert.equal(answer.status, 401);
  });

  await check("the key alone, without a token, is anon", async () => {
    const headers = { apikey: salon.keys.anon };
    const answer = await fetch(`${salon.url}/rest/v1/samples?select=id&order=id`, { headers });
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).length, 4);
  });

  await check("a browser of another origin may ask", async () => {
    const answer = await fetch(`${salon.url}/rest/v1/samples`, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example.com",
        "access-control-request-method": "GET",
        "access-control-request-headers": "apikey,authorization,content-profile,x-client-info",
      },
    });
    assert.ok(answer.status === 200 || answer.status === 204, `status ${answer.status}`);
    assert.ok(["*", "https://app.example.com"].includes(answer.headers.get("access-control-allow-origin")));
  });

  if (salon.keys.publishable) {
    await check("a publishable key is anon, and carries a session", async () => {
      const client = salon.client(salon.keys.publishable);
      assert.equal(good(await client.rpc("who_am_i")).role, "anon");
      const session = good(await ann.client.auth.getSession()).session;
      const { access_token, refresh_token } = session;
      good(await client.auth.setSession({ access_token, refresh_token }));
      assert.equal(good(await client.rpc("who_am_i")).id, ann.id);
    });
  }
}

/** The account's token with one character of its signature changed. */
async function forge(client) {
  const token = good(await client.auth.getSession()).session.access_token;
  const at = token.lastIndexOf(".") + 3;
  return token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
}
