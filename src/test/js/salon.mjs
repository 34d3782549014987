// Two accounts, Ann and Bob, with customers, services and bookings of Ann's to read.
import { randomUUID } from "node:crypto";
import { good } from "./harness.mjs";

export const PASSWORD = "a long enough password";

/** Node before 22 has no WebSocket; nothing here opens one, but the client asks for the class. */
class NoSocket {
  constructor() {
    throw new Error("this suite opens no WebSocket");
  }
}

export class Salon {
  #made = [];

  constructor(label, createClient, env) {
    this.label = label;
    this.url = env.SUPABASE_URL;
    this.keys = {
      anon: env.SUPABASE_ANON_KEY,
      service: env.SUPABASE_SERVICE_ROLE_KEY,
      publishable: env.SUPABASE_PUBLISHABLE_KEY,
    };
    this.s3 = { id: env.STORAGE_S3_ACCESS_KEY_ID, secret: env.STORAGE_S3_SECRET };
    this.createClient = createClient;
    this.anon = this.client(this.keys.anon);
    this.service = this.client(this.keys.service);
  }

  client(key, options = {}) {
    return this.createClient(this.url, key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      realtime: { transport: globalThis.WebSocket ?? NoSocket },
      ...options,
    });
  }

  address() {
    return `${this.label}-${randomUUID()}@example.com`;
  }

  /** Signs a new account up and returns its client, signed in, whether or not mail has to be confirmed. */
  async newAccount(metadata = {}) {
    const email = this.address();
    const client = this.client(this.keys.anon);
    const made = good(await client.auth.signUp({ email, password: PASSWORD, options: { data: metadata } }));
    this.#made.push(made.user.id);
    if (!made.session) {
      good(await this.service.auth.admin.updateUserById(made.user.id, { email_confirm: true }));
      good(await client.auth.signInWithPassword({ email, password: PASSWORD }));
    }
    return { id: made.user.id, email, client };
  }

  remember(id) {
    this.#made.push(id);
  }

  async open() {
    this.ann = await this.newAccount({ full_name: "Ann" });
    this.bob = await this.newAccount({ full_name: "Bob" });
    const db = this.ann.client;
    const [zoe, max] = good(
      await db.from("customers").insert([{ name: "Zoe", email: "zoe@example.com" }, { name: "Max" }]).select(),
    );
    const [cut, color] = good(
      await db.from("services").insert([{ name: "Cut", price: 30 }, { name: "Color", price: 80.5 }]).select(),
    );
    this.zoe = zoe;
    this.max = max;
    this.cut = cut;
    this.color = color;
    this.bookings = good(
      await db
        .from("bookings")
        .insert([
          { customer_id: zoe.id, service_id: cut.id, starts_at: "2026-05-01T09:00:00Z", status: "done", note: "first" },
          { customer_id: zoe.id, service_id: color.id, starts_at: "2026-05-02T09:00:00Z", status: "confirmed", note: null },
          { customer_id: max.id, service_id: null, starts_at: "2026-05-03T09:00:00Z", status: "requested", note: "third" },
        ])
        .select(),
    );
    good(await db.from("referrals").insert({ from_customer: zoe.id, to_customer: max.id }));
  }

  async close() {
    const leftovers = [];
    for (const id of this.#made) {
      const { error } = await this.service.auth.admin.deleteUser(id);
      if (error && error.status !== 404) leftovers.push(error.message);
    }
    if (leftovers.length > 0) throw new Error(leftovers.join("; "));
  }
}
