// Runs one edge function in Deno as Supabase's edge runtime would: whatever server the function
// starts listens on Freehold's socket, and each request looks as it was sent by the client.
//
// Freehold's own words come in variables that begin with FREEHOLD_ (gone before the function's code
// runs) and in header fields that begin with x-freehold- (a client's are dropped before us).
import { AsyncLocalStorage } from 'node:async_hooks';

const own = {};
for (const [name, value] of Object.entries(Deno.env.toObject())) {
  if (name.startsWith('FREEHOLD_')) {
    own[name] = value;
    Deno.env.delete(name);
  }
}
for (const name of ['PATH', 'HOME', 'PWD', 'LANG', 'LC_ALL', 'TMPDIR', 'HOSTNAME', 'DENO_DIR',
  'DENO_NO_UPDATE_CHECK', 'NO_COLOR',
  ...(own.FREEHOLD_TREE ? ['DENO_NO_PACKAGE_JSON', 'NPM_CONFIG_REGISTRY', 'JSR_URL'] : [])]) {
  Deno.env.delete(name);
}

// Lines of one call can be told apart, however many run at once.
const calls = new AsyncLocalStorage();
for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace']) {
  const write = console[level].bind(console);
  console[level] = (...words) => {
    const call = calls.getStore();
    const mark = call ? `[${call}]` : '';
    if (!mark) {
      write(...words);
    } else if (typeof words[0] === 'string') {
      write(`${mark} ${words[0]}`, ...words.slice(1));
    } else {
      write(mark, ...words);
    }
  };
}

// Work that goes on after the answer.
const pending = new Set();
function waitUntil(promise) {
  const work = Promise.resolve(promise).catch((error) => console.error('waitUntil:', error));
  pending.add(work);
  work.finally(() => pending.delete(work));
  return promise;
}
globalThis.EdgeRuntime = { waitUntil };

const originals = new WeakMap();
const upgrade = Deno.upgradeWebSocket;
Deno.upgradeWebSocket = (request, options) => upgrade(originals.get(request) ?? request, options);

function asSent(raw) {
  const headers = new Headers();
  for (const [name, value] of raw.headers) {
    if (!name.startsWith('x-freehold-')) {
      headers.append(name, value);
    }
  }
  const path = raw.url.slice(raw.url.indexOf('/', raw.url.indexOf('://') + 3));
  const origin = `${headers.get('x-forwarded-proto') ?? 'http'}://${headers.get('host')}`;
  const request = new Request(origin + path, {
    method: raw.method,
    headers,
    body: raw.body,
    signal: raw.signal,
    redirect: 'manual',
  });
  originals.set(request, raw);
  return request;
}

function state() {
  return Response.json({ pending: pending.size, rss: Deno.memoryUsage().rss });
}

const listen = Deno.serve;
let serving = false;

Deno.serve = (first, second) => {
  const options = typeof first === 'function' ? {} : (first ?? {});
  const handler = typeof first === 'function' ? first : (second ?? options.handler);
  if (typeof handler !== 'function') {
    throw new TypeError('A handler function must be provided.');
  }
  serving = true;
  return listen(
    {
      path: own.FREEHOLD_SOCKET,
      onError: options.onError,
      signal: options.signal,
      onListen: () => options.onListen?.({ transport: 'tcp', hostname: '0.0.0.0', port: 9999 }),
    },
    (raw, info) => {
      if (raw.headers.has('x-freehold-control')) {
        return state();
      }
      const request = asSent(raw);
      const remote = { transport: 'tcp', hostname: raw.headers.get('x-forwarded-for'), port: 0 };
      const about = { remoteAddr: remote, completed: info.completed };
      return calls.run((raw.headers.get('sb-request-id') ?? '').slice(0, 8), () => handler(request, about));
    },
  );
};

Deno.addSignalListener('SIGTERM', async () => {
  globalThis.dispatchEvent(new CustomEvent('beforeunload', { detail: { reason: 'early_drop' } }));
  await Promise.allSettled(pending);
  Deno.exit(0);
});

if (own.FREEHOLD_PREPARES) {
  // Nobody calls: the code is only loaded, as far as it comes without a network and secrets, so that
  // Deno keeps what it found out. That is written once the event loop comes round.
  await import(own.FREEHOLD_ENTRY).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 100));
  Deno.exit(0);
}

// Calls of the Vendor's own services go to Freehold's. `node:https` is costly to load: only for code
// that asks for it.
if (own.FREEHOLD_CALLS) {
  const calls = await import('./vendor-calls.mjs');
  const ways = JSON.parse(own.FREEHOLD_CALLS);
  calls.rerouteFetch(ways);
  if (own.FREEHOLD_TREE || /['"](node:)?https['"]/.test(await Deno.readTextFile(new URL(own.FREEHOLD_ENTRY)))) {
    const [http, https] = await Promise.all([import('node:http'), import('node:https')]);
    calls.rerouteHttps(ways, http.default, https.default);
  }
}

const module = await import(own.FREEHOLD_ENTRY);
const entry = module.default;
if (!serving && typeof entry?.fetch === 'function') {
  Deno.serve((request, info) => entry.fetch(request, info));
}
if (!serving && typeof entry === 'function') {
  Deno.serve(entry);
}
if (!serving) {
  console.error('The function serves nothing: it calls neither Deno.serve nor exports a handler.');
  Deno.exit(1);
}
