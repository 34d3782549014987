// How modules of a built server are found when it runs outside the place it was built for:
// cloudflare:* names lead to our own modules, and a .js file of the output is an ECMAScript module
// although the package.json that says so was left behind.
import * as nodeModule from 'node:module';
import { pathToFileURL } from 'node:url';

const OURS = new Map([
  ['cloudflare:workers', new URL('./cloudflare-workers.mjs', import.meta.url).href],
  ['cloudflare:sockets', new URL('./cloudflare-sockets.mjs', import.meta.url).href],
]);

/** Hooks all modules that are loaded from now on. */
export function hookModules(base) {
  const prefix = pathToFileURL(base).href + '/';
  if (nodeModule.registerHooks) {
    nodeModule.registerHooks({
      resolve: (name, context, next) => ours(name) ?? asModule(prefix, next(name, context)),
    });
  } else {
    nodeModule.register(import.meta.url, { data: prefix }); // Node before 22.15
  }
}

let dataPrefix = '';

export function initialize(prefix) {
  dataPrefix = prefix;
}

export async function resolve(name, context, next) {
  return ours(name) ?? asModule(dataPrefix, await next(name, context));
}

function ours(name) {
  if (!name.startsWith('cloudflare:')) return null;
  const url = OURS.get(name);
  if (!url) throw new Error(`${name} exists on Cloudflare only; this app cannot run here`);
  return { url, format: 'module', shortCircuit: true };
}

function asModule(prefix, found) {
  const bundled =
    found.url.startsWith(prefix) &&
    found.url.endsWith('.js') &&
    !found.url.includes('/node_modules/');
  return bundled ? { ...found, format: 'module' } : found;
}
