// Bundles edge functions inside a build's sandbox, some at a time. The argument is a file of JSON:
//
// { deno, functions, esbuild: { program, folder, name }, atOnce, jobs: [{ name, lock, words }] }
//
// Each job's output is printed when it ends, after a line that names it. A job that failed to fetch
// something is tried again, as package managers do. Ends with the status of the first job that
// failed.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

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

let status = 0;

async function run(job) {
  for (const pause of [...PAUSES_MILLIS, 0]) {
    const { code, text } = await attempt(job);
    if (code !== 0 && pause > 0 && PERHAPS_PASSING.test(text)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      continue;
    }
    console.log(`function ${job.name}: ${code === 0 ? 'bundled' : 'failed'}`);
    if (text.trim()) {
      console.log(text.trimEnd());
    }
    if (code !== 0 && status === 0) {
      status = code ?? 1;
    }
    return;
  }
}

function attempt(job) {
  if (job.lock) {
    // Deno writes to it what it adds.
    copyFileSync(job.lock, join(work.functions, `${job.name}.lock`));
  }
  return new Promise((resolve) => {
    const child = spawn(work.deno, job.words, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('error', (error) => (text += error.message));
    child.on('close', (code) => resolve({ code, text }));
  });
}

const waiting = [...work.jobs];
async function worker() {
  while (waiting.length > 0 && status === 0) {
    await run(waiting.shift());
  }
}
await Promise.all(Array.from({ length: work.atOnce }, worker));
process.exit(status);
