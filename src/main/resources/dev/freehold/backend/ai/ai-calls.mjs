// Sends an app's calls of its Vendor's AI gateway to Freehold's own, the app's code unchanged. The
// code says the Vendor's address; here the address is replaced where the call leaves the process.
//
// `own` is `{ hosts, url, token }`: whose calls are meant, where they go instead, and the word that
// lets them in. The token goes nowhere else: what the code itself sends as key is not looked at.
const FIELD = 'x-freehold-ai';

/** The address that takes the other's place, or nothing when the call is none of ours. */
function place(own, url) {
  if (!own.hosts.includes(url.host)) {
    return undefined;
  }
  return new URL(own.url + url.pathname + url.search);
}

function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function addressOf(input) {
  if (typeof input === 'string') return input;
  return input instanceof URL ? input.href : input?.url;
}

/** Replaces `fetch`. Packages that take it when they are loaded take this one. */
export function rerouteFetch(own) {
  const before = globalThis.fetch;
  globalThis.fetch = function fetch(input, init) {
    const text = addressOf(input);
    const mayBe = typeof text === 'string' && own.hosts.some((host) => text.includes(host));
    const url = mayBe ? parsed(text) : undefined;
    const other = url && place(own, url);
    if (!other) {
      return before.apply(this, arguments);
    }
    if (input instanceof Request) {
      const asked = new Request(input, init);
      const { method, body, signal } = asked;
      const more = body ? { body, duplex: 'half' } : {};
      return before(other, { method, signal, headers: known(asked.headers), ...more });
    }
    return before(other, { ...init, headers: known(init?.headers) });
  };
  function known(headers) {
    const all = new Headers(headers);
    all.set(FIELD, own.token);
    return all;
  }
}

/** Replaces `request` and `get` of `node:https`, for packages that do not use `fetch`. */
export function rerouteHttps(own, http, https) {
  const before = https.request;
  https.request = function request(...words) {
    const other = onward(own, words);
    return other ? http.request(...other) : before.apply(this, words);
  };
  https.get = function get(...words) {
    const asked = https.request(...words);
    asked.end();
    return asked;
  };
}

/** The words of a call (url, options and callback, as node:https takes them) for the other address. */
function onward(own, words) {
  const rest = [...words];
  const first = rest[0];
  const url = typeof first === 'string' ? parsed(first) : first instanceof URL ? first : undefined;
  if (url || typeof first === 'string') {
    rest.shift();
  }
  const options = rest[0] && typeof rest[0] === 'object' ? rest.shift() : {};
  const host = options.hostname ?? options.host ?? url?.hostname;
  const path = options.path ?? (url ? url.pathname + url.search : '/');
  const asked = host && parsed(`https://${host}${path}`);
  const other = asked && place(own, asked);
  if (!other) {
    return undefined;
  }
  const { agent, createConnection, servername, lookup, href, port, host: _, ...kept } = options;
  return [
    {
      ...kept,
      protocol: 'http:',
      hostname: other.hostname,
      port: other.port,
      path: other.pathname + other.search,
      headers: fields(options.headers, { host: other.host, [FIELD]: own.token }),
    },
    ...rest,
  ];
}

function fields(given, more) {
  const ours = new Set(Object.keys(more));
  if (Array.isArray(given)) {
    const pairs = [];
    for (let i = 0; i + 1 < given.length; i += 2) {
      if (!ours.has(String(given[i]).toLowerCase())) pairs.push(given[i], given[i + 1]);
    }
    return [...pairs, ...Object.entries(more).flat()];
  }
  const kept = Object.entries(given ?? {}).filter(([name]) => !ours.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...more };
}
