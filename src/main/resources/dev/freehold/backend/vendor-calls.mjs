// Sends an app's calls of its Vendor's services (AI, mail) to Freehold's own, the app's code
// unchanged. The code says the Vendor's address; here the address is replaced where the call leaves
// the process.
//
// `ways` is a list of `{ hosts, path, url, token }`: which calls are meant (all whose path begins so),
// where they go instead, and the word that lets them in. The token goes nowhere else: what the code
// itself sends as key is not looked at.
const FIELD = 'x-freehold-pass';

/** The address that takes the other's place, with its token; nothing when the call is none of ours. */
function place(ways, url) {
  const way = ways.find(
    (one) => one.hosts.includes(url.host) && url.pathname.startsWith(one.path ?? '/'),
  );
  return way && { url: new URL(way.url + url.pathname + url.search), token: way.token };
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
export function rerouteFetch(ways) {
  const hosts = ways.flatMap((way) => way.hosts);
  const before = globalThis.fetch;
  globalThis.fetch = function fetch(input, init) {
    const text = addressOf(input);
    const mayBe = typeof text === 'string' && hosts.some((host) => text.includes(host));
    const url = mayBe ? parsed(text) : undefined;
    const other = url && place(ways, url);
    if (!other) {
      return before.apply(this, arguments);
    }
    if (input instanceof Request) {
      const asked = new Request(input, init);
      const { method, body, signal } = asked;
      const more = body ? { body, duplex: 'half' } : {};
      const headers = known(asked.headers, other.token);
      return before(other.url, { method, signal, headers, ...more });
    }
    return before(other.url, { ...init, headers: known(init?.headers, other.token) });
  };
  function known(headers, token) {
    const all = new Headers(headers);
    all.set(FIELD, token);
    return all;
  }
}

/** Replaces `request` and `get` of `node:https`, for packages that do not use `fetch`. */
export function rerouteHttps(ways, http, https) {
  const before = https.request;
  https.request = function request(...words) {
    const other = onward(ways, words);
    return other ? http.request(...other) : before.apply(this, words);
  };
  https.get = function get(...words) {
    const asked = https.request(...words);
    asked.end();
    return asked;
  };
}

/** The words of a call (url, options and callback, as node:https takes them) for the other address. */
function onward(ways, words) {
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
  const other = asked && place(ways, asked);
  if (!other) {
    return undefined;
  }
  const { agent, createConnection, servername, lookup, href, port, host: _, ...kept } = options;
  return [
    {
      ...kept,
      protocol: 'http:',
      hostname: other.url.hostname,
      port: other.url.port,
      path: other.url.pathname + other.url.search,
      headers: fields(options.headers, { host: other.url.host, [FIELD]: other.token }),
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
