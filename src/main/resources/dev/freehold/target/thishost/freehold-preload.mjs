// Loaded before an app's own code (node --import). Names under .localhost mean this machine
// (RFC 6761, section 6.3), but not every C library knows that; inside this process they resolve to
// loopback, so that server code reaches its own backend as http://NAME.localhost:PORT.
import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { hookLocalNames } from './local-names.mjs';
import { rerouteFetch, rerouteHttps } from './vendor-calls.mjs';

const isLocal = (name) => typeof name === 'string' && /(^|\.)localhost\.?$/i.test(name);

const address = (options) => {
  const family = typeof options === 'number' ? options : options?.family;
  const found =
    family === 6 || family === 'IPv6'
      ? { address: '::1', family: 6 }
      : { address: '127.0.0.1', family: 4 };
  return typeof options === 'object' && options?.all ? [found] : found;
};

const { lookup } = dns;
dns.lookup = function (name, options, callback) {
  if (!isLocal(name)) return lookup.apply(this, arguments);
  const answer = callback ?? options;
  const found = address(callback ? options : undefined);
  process.nextTick(() =>
    Array.isArray(found) ? answer(null, found) : answer(null, found.address, found.family),
  );
  return {};
};

const lookupPromise = dns.promises.lookup;
dns.promises.lookup = async function (name, options) {
  return isLocal(name) ? address(options) : lookupPromise.apply(this, arguments);
};

// Threads and children of the app read it too.
if (process.env.FREEHOLD_CALLS) {
  const ways = JSON.parse(process.env.FREEHOLD_CALLS);
  rerouteFetch(ways);
  rerouteHttps(ways, http, https);
}

hookLocalNames();
syncBuiltinESMExports();
