// Realtime as apps use it: changes of rows under policies, broadcast, presence, private channels.
import assert from "node:assert/strict";
import { good } from "../harness.mjs";

/** How long something that must come may take. Milliseconds. */
const PATIENCE = 10_000;

/** How long something that must not come is waited for. Milliseconds. */
const SILENCE = 700;

export async function realtime(check, salon) {
  const ann = await salon.live(salon.ann);
  const bob = await salon.live(salon.bob);

  await check("changes reach whoever may see the row, in the client's own shape", async () => {
    const [forAnn, forBob] = [new Box(), new Box()];
    const a = listen(ann, "rows", { event: "*", schema: "public", table: "notices" }, forAnn);
    const b = listen(bob, "rows", { event: "*", schema: "public", table: "notices" }, forBob);
    await Promise.all([ready(a), ready(b)]);
    const [{ id }] = good(
      await salon.service.from("notices").insert({ owner: salon.ann.id, text: "hello", seats: 3 }).select(),
    );
    const inserted = await forAnn.next();
    assert.equal(inserted.eventType, "INSERT");
    assert.equal(inserted.schema, "public");
    assert.equal(inserted.table, "notices");
    assert.deepEqual(inserted.new, { id, owner: salon.ann.id, text: "hello", seats: 3 });
    assert.deepEqual(inserted.old, {});
    assert.equal(inserted.errors, null);
    assert.match(inserted.commit_timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    good(await salon.service.from("notices").update({ seats: 4 }).eq("id", id));
    const updated = await forAnn.next();
    assert.equal(updated.eventType, "UPDATE");
    assert.equal(updated.new.seats, 4);
    assert.deepEqual(updated.old, { id });
    await forBob.silent();
    good(await salon.service.from("notices").delete().eq("id", id));
    const deleted = await forAnn.next();
    assert.equal(deleted.eventType, "DELETE");
    assert.deepEqual(deleted.old, { id });
    await Promise.all([ann.removeChannel(a), bob.removeChannel(b)]);
  });

  await check("several bindings of one channel hear what is theirs", async () => {
    const [inserts, filtered] = [new Box(), new Box()];
    const channel = ann
      .channel("several")
      .on("postgres_changes", { event: "INSERT", schema: "public", table: "notices" }, (p) => inserts.put(p))
      .on(
        "postgres_changes",
        { event: "UPDATE", schema: "public", table: "notices", filter: `owner=eq.${salon.ann.id}` },
        (p) => filtered.put(p),
      );
    await ready(channel);
    const [{ id }] = good(await ann.from("notices").insert({ owner: salon.ann.id, text: "x" }).select());
    assert.equal((await inserts.next()).new.id, id);
    good(await ann.from("notices").update({ text: "y" }).eq("id", id));
    assert.equal((await filtered.next()).new.text, "y");
    await inserts.silent();
    good(await ann.from("notices").delete().eq("id", id));
    await filtered.silent();
    await ann.removeChannel(channel);
  });

  await check("a broadcast reaches the others, and its sender when it wants", async () => {
    const [forAnn, forBob] = [new Box(), new Box()];
    const config = { broadcast: { self: true, ack: true } };
    const a = ann.channel("talk", { config }).on("broadcast", { event: "say" }, (m) => forAnn.put(m));
    const b = bob.channel("talk").on("broadcast", { event: "say" }, (m) => forBob.put(m));
    await Promise.all([joined(a), joined(b)]);
    assert.equal(await a.send({ type: "broadcast", event: "say", payload: { text: "grüße", n: [1, 2] } }), "ok");
    assert.deepEqual((await forBob.next()).payload, { text: "grüße", n: [1, 2] });
    assert.deepEqual((await forAnn.next()).payload, { text: "grüße", n: [1, 2] });
    await b.send({ type: "broadcast", event: "other", payload: {} });
    await b.send({ type: "broadcast", event: "say", payload: { text: "back" } });
    assert.deepEqual((await forAnn.next()).payload, { text: "back" });
    await forBob.silent();
    await Promise.all([ann.removeChannel(a), bob.removeChannel(b)]);
  });

  await check("a channel that is not joined broadcasts by HTTP", async () => {
    const box = new Box();
    const b = bob.channel("http").on("broadcast", { event: "say" }, (m) => box.put(m));
    await joined(b);
    const a = ann.channel("http");
    assert.equal(await a.send({ type: "broadcast", event: "say", payload: { by: "http" } }), "ok");
    assert.deepEqual((await box.next()).payload, { by: "http" });
    if (a.httpSend) {
      assert.deepEqual(await a.httpSend("say", { by: "address" }), { success: true });
      assert.deepEqual((await box.next()).payload, { by: "address" });
    }
    await bob.removeChannel(b);
  });

  await check("presence tells who is there, who comes and who goes", async () => {
    const [joins, leaves] = [new Box(), new Box()];
    const a = ann
      .channel("lobby", { config: { presence: { key: "ann" } } })
      .on("presence", { event: "sync" }, () => {})
      .on("presence", { event: "join" }, (p) => joins.put(p))
      .on("presence", { event: "leave" }, (p) => leaves.put(p));
    await joined(a);
    assert.equal(await a.track({ mood: "glad" }), "ok");
    assert.equal((await joins.next()).key, "ann");
    const b = bob.channel("lobby", { config: { presence: { key: "bob" } } }).on("presence", { event: "sync" }, () => {});
    await joined(b);
    await b.track({ mood: "sad" });
    const came = await joins.next();
    assert.equal(came.key, "bob");
    assert.equal(came.newPresences[0].mood, "sad");
    assert.deepEqual(Object.keys(a.presenceState()).sort(), ["ann", "bob"]);
    await until(() => Object.keys(b.presenceState()).length === 2);
    await bob.removeChannel(b);
    assert.equal((await leaves.next()).key, "bob");
    await a.untrack();
    assert.equal((await leaves.next()).key, "ann");
    await ann.removeChannel(a);
  });

  if (salon.label === "current") {
    await check("a private channel asks the policies", async () => {
      const config = { private: true };
      const refused = await outcome(bob.channel("staff", { config }));
      assert.equal(refused, "CHANNEL_ERROR");
      const box = new Box();
      const a = ann.channel(`desk:${salon.ann.id}`, { config }).on("broadcast", { event: "*" }, (m) => box.put(m));
      await joined(a);
      good(await salon.service.rpc("ring", { who: salon.ann.id }));
      const rung = await box.next();
      assert.equal(rung.event, "ring");
      assert.equal(rung.payload.bell, "desk");
      await ann.removeChannel(a);
    });
  }

  await check("a client that lost its connection comes back and hears on", async () => {
    const box = new Box();
    const channel = listen(ann, "again", { event: "INSERT", schema: "public", table: "notices" }, box);
    await ready(channel);
    ann.breakLine();
    await until(() => ann.realtime.isConnected() && channel.state === "joined" && box.again >= 1);
    const [{ id }] = good(await ann.from("notices").insert({ owner: salon.ann.id, text: "again" }).select());
    assert.equal((await box.next()).new.id, id);
    good(await ann.from("notices").delete().eq("id", id));
    await ann.removeChannel(channel);
  });

  await ann.realtime.disconnect();
  await bob.realtime.disconnect();
}

function listen(client, name, filter, box) {
  return client
    .channel(name)
    .on("postgres_changes", filter, (payload) => box.put(payload))
    .on("system", {}, (message) => {
      if (message.status === "ok" && message.extension === "postgres_changes") box.again++;
    });
}

/** What the first word about the subscription is. */
function outcome(channel) {
  return new Promise((resolve) => channel.subscribe((status) => resolve(status)));
}

async function joined(channel) {
  assert.equal(await outcome(channel), "SUBSCRIBED");
}

/** Joined, and changes come. */
async function ready(channel) {
  const subscribed = new Promise((resolve, reject) => {
    channel.on("system", {}, (message) => {
      if (message.extension !== "postgres_changes") return;
      if (message.status === "ok") resolve();
      else reject(new Error(message.message));
    });
  });
  await joined(channel);
  await subscribed;
}

async function until(condition) {
  const end = Date.now() + PATIENCE;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What was heard, one after the other. */
class Box {
  again = -1;
  #heard = [];

  put(message) {
    this.#heard.push(message);
  }

  async next() {
    await until(() => this.#heard.length > 0);
    return this.#heard.shift();
  }

  async silent() {
    await new Promise((resolve) => setTimeout(resolve, SILENCE));
    assert.deepEqual(this.#heard, []);
  }
}
