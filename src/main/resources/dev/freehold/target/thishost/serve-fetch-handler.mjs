// Runs a built server that is a fetch handler without a listener of its own:
//   node serve-fetch-handler.mjs ROOT
// where ROOT holds server/server.js and client/, or dist/ with both. Its default export is a
// function, or an object with fetch(request). Files of client/ are answered first.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { listen } from './node-listener.mjs';
import { hookModules } from './module-hooks.mjs';
import { staticFiles } from './static-files.mjs';

const CONFIGURATION_ERROR = 78; // EX_CONFIG of sysexits(3)
const root = resolve(process.argv[2] ?? '.');
const base = [root, join(root, 'dist')].find((folder) =>
  existsSync(join(folder, 'server', 'server.js')),
);
if (!base) refuse(`there is no server/server.js in ${root}`);

hookModules(base);
const exported = (await import(pathToFileURL(join(base, 'server', 'server.js')).href)).default;
const handle = typeof exported === 'function' ? exported : exported?.fetch?.bind(exported);
if (!handle) refuse('server/server.js exports neither a function nor an object with fetch');

const files = await staticFiles(join(base, 'client'));
listen(async (request) => (await files(request)) ?? handle(request));

function refuse(reason) {
  console.error(`freehold: ${reason}`);
  process.exit(CONFIGURATION_ERROR);
}
