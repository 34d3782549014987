// Bundles edge functions inside a build's sandbox, some at a time. The argument is a file of JSON:
//
// { deno, app, functions, ours, esbuild: { program, folder, name }, atOnce,
//   jobs: [{ name, entry, home, config, hosts, lock, apart, words }] }
//
// Each job's output is printed when it ends, after a line that names it. A job that failed to fetch
// something is tried again, as package managers do. A function that cannot be one file, or that one
// file cannot stand for, gets a tree of modules instead. Ends with the status of the first job that
// failed; the others are tried all the same, unless it was the network that failed.
import { spawn } from 'node:child_process';
import {
  copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { reasonAgainst } from './carried.mjs';
import { makeTree } from './module-tree.mjs';

const work = JSON.parse(readFileSync(process.argv[2], 'utf8'));

// Deno looks for its bundler here before it fetches one.
mkdirSync(work.esbuild.folder, { recursive: true });
const there = join(work.esbuild.folder, work.esbuild.name);
if (!existsSync(there)) {
  symlinkSync(work.esbuild.program, there);
}

const PAUSES_MILLIS = [1000, 4000];

// Deno says "constraint" for whatever kept it from the npm registry.
const PERHAPS_PASSING =
  /Could not find constraint|error sending request|Failed loading|connection|timed out|[^0-9](?:429|50[0234])[^0-9]/i;

// What the export's own code imports must be there; what a package imports may be missing on purpose.
const UNRESOLVED = /Could not resolve [^\n]*\n\s+at file:\/\/(\S+?):\d+:\d+/g;

// Loaded at once, as one file is, 27 MB of code took more than the memory of a process.
const MAX_BUNDLE_BYTES = 16 << 20;

// Whoever mends one wants to know of the others, but not of all when everything is amiss.
const MAX_FAILURES = 20;

let status = 0;
let failures = 0;

async function run(job) {
  const bundled = await persistently(() => attempt(job));
  const bundle = join(work.functions, `${job.name}.js`);
  if (bundled.code !== 0 && lacksAnImport(bundled.text)) {
    failed(job, bundled);
    return;
  }
  const reason = bundled.code === 0 ? against(job, bundle) : 'it cannot be bundled';
  if (!reason) {
    tell(job, 'bundled', bundled.text);
    return;
  }
  // Code of the function's own that no import names may be loaded by a name made while running.
  const computed = !reason.startsWith('npm:');
  const tree = await persistently(() => makeTree(work, job, computed, deno));
  if (tree.code === 0) {
    rmSync(bundle, { force: true });
    tell(job, `runs from a tree of its modules: ${reason}`, bundled.code === 0 ? '' : bundled.text);
  } else if (bundled.code === 0) {
    tell(job, `bundled, although ${reason}`, tree.text);
  } else {
    failed(job, bundled);
  }
}

function lacksAnImport(text) {
  return [...text.matchAll(UNRESOLVED)].some(
    ([, path]) => path.startsWith(`${work.app}/`) && !path.includes('/node_modules/'));
}

function failed(job, bundled) {
  tell(job, 'failed', bundled.text);
  status ||= bundled.code ?? 1;
  failures += PERHAPS_PASSING.test(bundled.text) ? MAX_FAILURES : 1;
}

function against(job, bundle) {
  const bytes = statSync(bundle).size;
  if (bytes > MAX_BUNDLE_BYTES) {
    return `one file would have ${Math.round(bytes / 1e6)} MB`;
  }
  return job.apart || reasonAgainst(readFileSync(bundle, 'utf8'), job.home);
}

function tell(job, what, text) {
  console.log(`function ${job.name}: ${what}`);
  if (text.trim()) {
    console.log(text.trimEnd());
  }
}

async function persistently(once) {
  for (const pause of PAUSES_MILLIS) {
    const outcome = await once();
    if (outcome.code === 0 || !PERHAPS_PASSING.test(outcome.text)) {
      return outcome;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return once();
}

function attempt(job) {
  if (job.lock) {
    // Deno writes to it what it adds.
    copyFileSync(job.lock, join(work.functions, `${job.name}.lock`));
  }
  return deno(job.words, {});
}

function deno(words, variables) {
  return new Promise((resolve) => {
    const child = spawn(work.deno, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...variables },
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('error', (error) => (text += error.message));
    child.on('close', (code) => resolve({ code, text }));
  });
}

const waiting = [...work.jobs];
async function worker() {
  while (waiting.length > 0 && failures < MAX_FAILURES) {
    await run(waiting.shift());
  }
}
await Promise.all(Array.from({ length: work.atOnce }, worker));
process.exit(status);
