// E-mail and password accounts: signing up, in and out, sessions, and changing one's own data.
import assert from "node:assert/strict";
import { bad, good } from "../harness.mjs";
import { PASSWORD } from "../salon.mjs";

export async function accounts(check, salon) {
  const signIn = async (email, password = PASSWORD) => {
    const client = salon.client(salon.keys.anon);
    const { session } = good(await client.auth.signInWithPassword({ email, password }));
    return { client, session };
  };

  await check("signing up makes an account with metadata, and its profile by trigger", async () => {
    const user = good(await salon.ann.client.auth.getUser()).user;
    assert.equal(user.id, salon.ann.id);
    assert.equal(user.email, salon.ann.email);
    assert.equal(user.aud, "authenticated");
    assert.equal(user.user_metadata.full_name, "Ann");
    assert.equal(user.app_metadata.provider, "email");
    const profile = good(await salon.ann.client.from("profiles").select("full_name").single());
    assert.equal(profile.full_name, "Ann");
  });

  await check("an address is taken once, whatever its case", async () => {
    const email = salon.ann.email.toUpperCase();
    const { data, error } = await salon.client(salon.keys.anon).auth.signUp({ email, password: PASSWORD });
    if (error) {
      assert.equal(error.status, 422);
      assert.match(error.message, /already registered/i);
    } else {
      // With confirmation by mail the server must not tell that the address is known.
      assert.equal(data.session, null);
      assert.deepEqual(data.user.identities, []);
    }
  });

  await check("a short password and a malformed address are refused", async () => {
    const { auth } = salon.client(salon.keys.anon);
    const short = bad(await auth.signUp({ email: salon.address(), password: "12" }), undefined, 422);
    assert.match(short.message, /password/i);
    assert.equal(short.name, "AuthWeakPasswordError");
    const malformed = (await auth.signUp({ email: "no address", password: PASSWORD })).error;
    assert.ok(malformed.status === 400 || malformed.status === 422, String(malformed.status));
  });

  await check("signing in gives a session whose token names the account", async () => {
    const { session } = await signIn(salon.ann.email);
    assert.equal(session.token_type, "bearer");
    assert.ok(session.expires_in > 0 && session.expires_at > Date.now() / 1000);
    const claims = JSON.parse(Buffer.from(session.access_token.split(".")[1], "base64url").toString());
    assert.equal(claims.sub, salon.ann.id);
    assert.equal(claims.role, "authenticated");
    assert.equal(claims.aud, "authenticated");
    assert.equal(claims.email, salon.ann.email);
    assert.equal(claims.exp, session.expires_at);
    assert.match(claims.session_id, /^[0-9a-f-]{36}$/);
  });

  await check("a wrong password and an unknown address are answered alike", async () => {
    const { auth } = salon.client(salon.keys.anon);
    const wrong = bad(await auth.signInWithPassword({ email: salon.ann.email, password: "wrong wrong" }), undefined, 400);
    const unknown = bad(await auth.signInWithPassword({ email: salon.address(), password: PASSWORD }), undefined, 400);
    assert.equal(wrong.message, "Invalid login credentials");
    assert.equal(unknown.message, wrong.message);
    if (salon.label === "current") assert.deepEqual([wrong.code, unknown.code], Array(2).fill("invalid_credentials"));
  });

  await check("a refresh turns the session over", async () => {
    const { client, session } = await signIn(salon.ann.email);
    const fresh = good(await client.auth.refreshSession()).session;
    assert.notEqual(fresh.refresh_token, session.refresh_token);
    assert.equal(fresh.user.id, salon.ann.id);
    assert.equal(good(await client.auth.getUser()).user.id, salon.ann.id);
    assert.ok(good(await client.from("customers").select("id")).length > 0);
  });

  await check("an unknown refresh token is refused", async () => {
    const { auth } = salon.client(salon.keys.anon);
    const error = bad(await auth.refreshSession({ refresh_token: "unknown-token" }), undefined, 400);
    assert.match(error.message, /refresh token/i);
  });

  await check("a session can be handed to another client", async () => {
    const { session } = await signIn(salon.ann.email);
    const other = salon.client(salon.keys.anon);
    const { access_token, refresh_token } = session;
    assert.equal(good(await other.auth.setSession({ access_token, refresh_token })).user.id, salon.ann.id);
    assert.equal(good(await other.rpc("who_am_i")).id, salon.ann.id);
  });

  await check("getUser refuses a token that is none", async () => {
    const { error } = await salon.anon.auth.getUser("not.a.token");
    assert.ok(error, "an error");
    assert.ok([400, 401, 403].includes(error.status), String(error.status));
  });

  if (salon.label === "current") {
    await check("getClaims verifies the token", async () => {
      const { client } = await signIn(salon.ann.email);
      const { claims } = good(await client.auth.getClaims());
      assert.equal(claims.sub, salon.ann.id);
      const token = good(await client.auth.getSession()).session.access_token;
      const forged = `${token.slice(0, token.lastIndexOf("."))}.${"A".repeat(43)}`;
      assert.ok((await client.auth.getClaims(forged)).error, "a forged token is refused");
    });
  }

  await check("an account changes its metadata, merged key by key", async () => {
    const { client } = await salon.newAccount({ full_name: "Cleo", city: "Rome" });
    const first = good(await client.auth.updateUser({ data: { city: "Bonn", age: 30 } })).user;
    assert.equal(first.user_metadata.full_name, "Cleo");
    assert.deepEqual([first.user_metadata.city, first.user_metadata.age], ["Bonn", 30]);
    const second = good(await client.auth.updateUser({ data: { age: null } })).user;
    assert.ok(second.user_metadata.age === undefined || second.user_metadata.age === null);
    assert.equal(second.user_metadata.city, "Bonn");
  });

  await check("an account changes its password, and not to the same one", async () => {
    const { client, email } = await salon.newAccount();
    bad(await client.auth.updateUser({ password: PASSWORD }), undefined, 422);
    good(await client.auth.updateUser({ password: "quite another one" }));
    const { auth } = salon.client(salon.keys.anon);
    bad(await auth.signInWithPassword({ email, password: PASSWORD }), undefined, 400);
    good(await auth.signInWithPassword({ email, password: "quite another one" }));
  });

  await check("updateUser needs a session", async () => {
    assert.ok((await salon.client(salon.keys.anon).auth.updateUser({ data: { a: 1 } })).error);
  });

  await check("signing out locally ends this session and no other", async () => {
    const { email } = await salon.newAccount();
    const here = await signIn(email);
    const there = await signIn(email);
    const { error } = await here.client.auth.signOut({ scope: "local" });
    assert.equal(error, null);
    await refused(salon, here.session);
    good(await there.client.auth.refreshSession());
  });

  await check("signing out others ends every session but this", async () => {
    const { email } = await salon.newAccount();
    const here = await signIn(email);
    const there = await signIn(email);
    assert.equal((await here.client.auth.signOut({ scope: "others" })).error, null);
    await refused(salon, there.session);
    good(await here.client.auth.refreshSession());
  });

  await check("signing out globally ends all sessions", async () => {
    const { email } = await salon.newAccount();
    const here = await signIn(email);
    const there = await signIn(email);
    assert.equal((await here.client.auth.signOut()).error, null);
    await refused(salon, here.session);
    await refused(salon, there.session);
  });

  await check("events tell of signing in and out", async () => {
    const { email } = await salon.newAccount();
    const client = salon.client(salon.keys.anon);
    const events = [];
    const { data } = client.auth.onAuthStateChange((event) => events.push(event));
    good(await client.auth.signInWithPassword({ email, password: PASSWORD }));
    await client.auth.signOut();
    data.subscription.unsubscribe();
    assert.ok(events.includes("SIGNED_IN") && events.at(-1) === "SIGNED_OUT", events.join());
  });
}

/** Neither token of an ended session opens the account any more. */
async function refused(salon, session) {
  const { auth } = salon.client(salon.keys.anon);
  assert.ok((await auth.refreshSession({ refresh_token: session.refresh_token })).error, "refresh is refused");
  assert.ok((await auth.getUser(session.access_token)).error, "the ended session's token is refused");
}
