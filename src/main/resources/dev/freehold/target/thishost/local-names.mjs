// Lovable's MCP package takes plain HTTP for this machine alone, which it knows by three names. It
// is told that NAME.localhost is this machine too (RFC 6761, section 6.3): an app with that package
// would otherwise not start at the address it has here.
import * as nodeModule from 'node:module';

const PACKAGE = '@lovable.dev/mcp-js: ';
const ASKED = /\b([\w$.]+)\s*===\s*(["'])localhost\2\s*\|\|/g;

/** Hooks all modules that are loaded from now on. */
export function hookLocalNames() {
  if (nodeModule.registerHooks) {
    nodeModule.registerHooks({ load: (url, context, next) => told(next(url, context)) });
  } else {
    nodeModule.register(import.meta.url); // Node before 22.15
  }
}

export async function load(url, context, next) {
  return told(await next(url, context));
}

function told(loaded) {
  if (loaded.format !== 'module' || !loaded.source) return loaded;
  const bytes = Buffer.from(loaded.source);
  if (!bytes.includes(PACKAGE)) return loaded;
  const source = bytes
    .toString()
    .replace(ASKED, (all, host) => `${host}.endsWith(".localhost") || ${all}`);
  return { ...loaded, source };
}
