// Fetches all modules of one function into a folder of their own: what a function runs from that
// cannot be one file. Nothing of the modules is run, no script of a package either.
//
// Left in `work.functions`: `NAME.modules` with Deno's folders `npm` and `remote`, `NAME.json` and
// `NAME.lock` (configuration and versions), and `NAME.tree.json`:
//
// { files: modules of the export, by path, native: packages with native code, registry, jsr }
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

// Types and maps are of no use to a program that runs; native code must not be loaded.
const UNUSED = /\.d\.[cm]?ts$|\.map$|\.node$|^registry\.json$/;
const NATIVE = /\.node$|^binding\.gyp$/;
const CODE = /(?<!\.d)\.(?:tsx?|jsx?|mjs|cjs|mts|cts)$/;
const TEST = /[._]test\./;
const MAX_OWN_MODULES = 60;

/// Answers { code, text } as `deno` does. `deno(words, variables)` runs it.
export async function makeTree(work, job, computed, deno) {
  const modules = join(work.functions, `${job.name}.modules`);
  const ours = join(work.app, '.freehold');
  const config = join(ours, `${job.name}.json`);
  const lock = join(ours, `${job.name}.lock`);
  rmSync(modules, { recursive: true, force: true });
  mkdirSync(ours, { recursive: true });
  copyFileSync(job.config, config);
  for (const name of readdirSync(work.ours).filter((one) => one.endsWith('.ts'))) {
    copyFileSync(join(work.ours, name), join(ours, name));
  }
  if (job.lock) {
    copyFileSync(job.lock, lock);
  }
  const surroundings = { DENO_DIR: modules };
  const common = ['--quiet', '--config', config, `--allow-import=${job.hosts}`];
  common.push(`--lock=${lock}`, '--unstable-raw-imports');
  const fetch = (entry) => deno(['cache', ...common, entry], surroundings);
  const result = await fetch(job.entry);
  if (result.code !== 0) {
    return result;
  }
  const entries = [job.entry];
  for (const more of computed ? ownModules(dirname(job.entry), job.entry) : []) {
    // What is not imported by name may be broken, as a forgotten file.
    if ((await fetch(more)).code === 0) {
      entries.push(more);
    }
  }
  const facts = {
    files: await files(work, entries, common, surroundings, deno),
    native: [...prune(modules)].sort(),
    registry: process.env.NPM_CONFIG_REGISTRY ?? '',
    jsr: process.env.JSR_URL ?? '',
  };
  copyFileSync(config, join(work.functions, `${job.name}.json`));
  if (!existsSync(lock)) {
    writeFileSync(lock, '{"version":"5"}');
  }
  copyFileSync(lock, join(work.functions, `${job.name}.lock`));
  writeFileSync(join(work.functions, `${job.name}.tree.json`), JSON.stringify(facts));
  return result;
}

function ownModules(folder, entry) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && CODE.test(file.name) && !TEST.test(file.name))
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => path !== entry && !path.includes('node_modules'))
    .slice(0, MAX_OWN_MODULES);
}

/// Modules of the export, relative to its root.
async function files(work, entries, common, surroundings, deno) {
  const found = new Set();
  for (const entry of entries) {
    const { text } = await deno(['info', '--json', ...common, entry], surroundings);
    for (const module of JSON.parse(text.slice(text.indexOf('{'))).modules ?? []) {
      if (module.specifier.startsWith('file:') && module.local) {
        const path = relative(work.app, fileURLToPath(module.specifier));
        if (!path.startsWith('..') && !path.startsWith('.freehold')) {
          found.add(path);
        }
      }
    }
  }
  return [...found];
}

/// Leaves packages and remote modules alone; answers with the packages that have native code.
function prune(modules) {
  const native = new Set();
  for (const name of readdirSync(modules)) {
    if (name !== 'npm' && name !== 'remote') {
      rmSync(join(modules, name), { recursive: true, force: true });
    }
  }
  const npm = join(modules, 'npm');
  for (const file of existsSync(npm) ? readdirSync(npm, { recursive: true, withFileTypes: true }) : []) {
    const path = relative(npm, join(file.parentPath, file.name));
    if (file.isFile() && NATIVE.test(file.name)) {
      native.add(/^[^/]+\/((?:@[^/]+\/)?[^/]+)/.exec(path)[1]);
    }
    if (file.isFile() && UNUSED.test(file.name)) {
      rmSync(join(npm, path));
    }
  }
  return native;
}
