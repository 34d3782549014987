// Runs a Cloudflare worker on plain Node:
//   node serve-worker.mjs ROOT
// where ROOT, ROOT/server or ROOT/dist/server holds wrangler.json, as the Vite plugin of Cloudflare
// leaves it. Variables of the process are the worker's variables. Files of the assets folder are
// answered first. Bindings to services that exist on Cloudflare only make it refuse to start.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { currentContext, env } from './cloudflare-workers.mjs';
import { hookModules } from './module-hooks.mjs';
import { listen } from './node-listener.mjs';
import { staticFiles } from './static-files.mjs';

const CONFIGURATION_ERROR = 78; // EX_CONFIG of sysexits(3)
const OURS_TO_GIVE = new Set(['assets', 'vars', 'version_metadata']);
const NOT_HERE = 404;

const root = resolve(process.argv[2] ?? '.');
const folder = [root, join(root, 'server'), join(root, 'dist', 'server')].find((candidate) =>
  existsSync(join(candidate, 'wrangler.json')),
);
if (!folder) refuse(`there is no wrangler.json in ${root} or ${join(root, 'server')}`);
const config = JSON.parse(readFileSync(join(folder, 'wrangler.json'), 'utf8'));
const foreign = Object.entries(config)
  .filter(([kind]) => !OURS_TO_GIVE.has(kind))
  .flatMap(([kind, value]) => bindingsIn(value).map((name) => `${name} (${kind})`));
if (foreign.length > 0) {
  refuse(`this worker needs bindings that exist on Cloudflare only: ${foreign.join(', ')}`);
}
if (config.triggers?.crons?.length > 0) {
  console.warn(`freehold: cron triggers are not run: ${config.triggers.crons.join(', ')}`);
}

const assets = config.assets ?? {};
const files = await staticFiles(resolve(folder, assets.directory ?? '../client'));
const pending = new Set();
Object.assign(env, config.vars, process.env);
env[assets.binding ?? 'ASSETS'] = { fetch: fetchAsset };
if (config.version_metadata?.binding) {
  env[config.version_metadata.binding] = { id: '', tag: '', timestamp: '' };
}
globalThis.caches = { default: emptyCache(), open: async () => emptyCache() };

const main = join(folder, config.main ?? 'index.js');
if (!existsSync(main)) refuse(`wrangler.json names ${config.main}, which is not there`);
hookModules(dirname(folder));
const worker = (await import(pathToFileURL(main).href)).default;
const isClass = typeof worker === 'function' && typeof worker.prototype?.fetch === 'function';
if (!isClass && typeof worker?.fetch !== 'function') refuse(`${config.main} exports no fetch`);

listen(answer, () => Promise.allSettled(pending));

async function answer(request) {
  const asset = assets.run_worker_first === true ? null : await files(request);
  return asset ?? run(asWorkerSees(request));
}

function run(request) {
  const context = newContext();
  return currentContext.run(context, () =>
    isClass ? new worker(context, env).fetch(request) : worker.fetch(request, env, context),
  );
}

function newContext() {
  return {
    props: {},
    waitUntil(promise) {
      const settled = Promise.resolve(promise)
        .catch((error) => console.error('waitUntil:', error))
        .finally(() => pending.delete(settled));
      pending.add(settled);
    },
    passThroughOnException() {
      // There is nothing behind the worker that could answer instead.
    },
  };
}

/** The client's address under the name workers know; what a client claims there is dropped. */
function asWorkerSees(request) {
  const client = request.headers.get('x-forwarded-for')?.split(',').at(-1).trim();
  request.headers.delete('cf-connecting-ip');
  if (client) request.headers.set('cf-connecting-ip', client);
  return Object.defineProperty(request, 'cf', { value: {}, configurable: true });
}

async function fetchAsset(input, init) {
  const request = new Request(input, init);
  const found = await files(request);
  if (found) return found;
  const single = assets.not_found_handling === 'single-page-application';
  const page = single && (await files(new Request(new URL('/index.html', request.url))));
  return page || new Response('Not found\n', { status: NOT_HERE });
}

/** A cache that never holds anything: a worker must cope with that anyway. */
function emptyCache() {
  return {
    match: async () => undefined,
    put: async (_request, response) => void (await response.body?.cancel()),
    delete: async () => false,
  };
}

/** The names of all bindings below a value of wrangler.json, whatever their kind. */
function bindingsIn(value, inList = false) {
  if (Array.isArray(value)) return value.flatMap((one) => bindingsIn(one, true));
  if (value === null || typeof value !== 'object') return [];
  const own = value.binding ?? (inList ? value.name ?? value.queue : undefined);
  if (typeof own === 'string') return [own];
  return ['bindings', 'producers', 'consumers'].flatMap((key) => bindingsIn(value[key]));
}

function refuse(reason) {
  console.error(`freehold: ${reason}`);
  process.exit(CONFIGURATION_ERROR);
}
