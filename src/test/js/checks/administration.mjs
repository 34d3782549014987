// auth.admin with the service role: what server code of an app does to accounts.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { bad, good } from "../harness.mjs";
import { PASSWORD } from "../salon.mjs";

export async function administration(check, salon) {
  const { admin } = salon.service.auth;
  const create = async (extra = {}) => {
    const email = salon.address();
    const { user } = good(await admin.createUser({ email, password: PASSWORD, email_confirm: true, ...extra }));
    salon.remember(user.id);
    return { user, email };
  };

  await check("admin makes a confirmed account that can sign in", async () => {
    const { user, email } = await create({ user_metadata: { full_name: "Made" }, app_metadata: { plan: "gold" } });
    assert.ok(user.email_confirmed_at);
    assert.equal(user.user_metadata.full_name, "Made");
    assert.equal(user.app_metadata.plan, "gold");
    const client = salon.client(salon.keys.anon);
    const { session } = good(await client.auth.signInWithPassword({ email, password: PASSWORD }));
    const claims = JSON.parse(Buffer.from(session.access_token.split(".")[1], "base64url").toString());
    assert.equal(claims.app_metadata.plan, "gold");
    assert.equal(good(await client.from("profiles").select("full_name").single()).full_name, "Made");
  });

  await check("an account that is not confirmed cannot sign in", async () => {
    const { email } = await create({ email_confirm: false });
    const error = bad(
      await salon.client(salon.keys.anon).auth.signInWithPassword({ email, password: PASSWORD }),
      undefined,
      400,
    );
    assert.match(error.message, /not confirmed/i);
  });

  await check("admin does not make an address twice", async () => {
    const { error } = await admin.createUser({ email: salon.ann.email, password: PASSWORD });
    assert.equal(error?.status, 422);
  });

  await check("admin reads one account", async () => {
    const { user } = good(await admin.getUserById(salon.ann.id));
    assert.equal(user.email, salon.ann.email);
    const { error } = await admin.getUserById(randomUUID());
    assert.equal(error?.status, 404);
  });

  await check("admin lists accounts by pages", async () => {
    const first = good(await admin.listUsers({ page: 1, perPage: 1 }));
    assert.equal(first.users.length, 1);
    assert.ok(first.total >= 2, `total ${first.total}`);
    const second = good(await admin.listUsers({ page: 2, perPage: 1 }));
    assert.notEqual(second.users[0].id, first.users[0].id);
    assert.equal("encrypted_password" in first.users[0], false);
  });

  await check("admin changes an account", async () => {
    const { user, email } = await create();
    const renamed = salon.address();
    const changed = good(
      await admin.updateUserById(user.id, {
        email: renamed,
        email_confirm: true,
        password: "set by an admin",
        user_metadata: { seen: true },
        app_metadata: { plan: "tin" },
      }),
    ).user;
    assert.equal(changed.email, renamed);
    assert.equal(changed.user_metadata.seen, true);
    assert.equal(changed.app_metadata.plan, "tin");
    const { auth } = salon.client(salon.keys.anon);
    bad(await auth.signInWithPassword({ email, password: PASSWORD }), undefined, 400);
    good(await auth.signInWithPassword({ email: renamed, password: "set by an admin" }));
  });

  await check("a banned account cannot sign in until the ban is lifted", async () => {
    const { user, email } = await create();
    good(await admin.updateUserById(user.id, { ban_duration: "1h" }));
    const { auth } = salon.client(salon.keys.anon);
    bad(await auth.signInWithPassword({ email, password: PASSWORD }), undefined, 400);
    good(await admin.updateUserById(user.id, { ban_duration: "none" }));
    good(await auth.signInWithPassword({ email, password: PASSWORD }));
  });

  await check("a deleted account is gone, with its rows and sessions", async () => {
    const { user, email } = await create();
    const client = salon.client(salon.keys.anon);
    const { session } = good(await client.auth.signInWithPassword({ email, password: PASSWORD }));
    good(await client.from("customers").insert({ name: "Goes along" }));
    good(await admin.deleteUser(user.id));
    assert.deepEqual(good(await salon.service.from("customers").select("id").eq("user_id", user.id)), []);
    const { auth } = salon.client(salon.keys.anon);
    assert.ok((await auth.getUser(session.access_token)).error);
    bad(await auth.signInWithPassword({ email, password: PASSWORD }), undefined, 400);
  });

  await check("a link for a lost password signs in once", async () => {
    const { email } = await create();
    const { properties } = good(await admin.generateLink({ type: "recovery", email }));
    assert.match(properties.action_link, /^https?:\/\//);
    const client = salon.client(salon.keys.anon);
    const token_hash = properties.hashed_token;
    const { session } = good(await client.auth.verifyOtp({ type: "recovery", token_hash }));
    assert.equal(session.user.email, email);
    assert.ok((await salon.client(salon.keys.anon).auth.verifyOtp({ type: "recovery", token_hash })).error);
  });

  await check("admin calls need the service role", async () => {
    for (const client of [salon.anon, salon.ann.client]) {
      const { error } = await client.auth.admin.listUsers();
      assert.ok([401, 403].includes(error?.status), String(error?.status));
    }
  });
}
