// Serves the files of one folder, and nothing outside it.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';

const HASHED = '/assets/'; // Vite puts a hash of the content into these names
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'public, max-age=0, must-revalidate';
const UNKNOWN_TYPE = 'application/octet-stream';
const TYPES = new Map(
  Object.entries({
    avif: 'image/avif',
    css: 'text/css; charset=utf-8',
    gif: 'image/gif',
    html: 'text/html; charset=utf-8',
    ico: 'image/x-icon',
    jpeg: 'image/jpeg',
    jpg: 'image/jpeg',
    js: 'text/javascript; charset=utf-8',
    json: 'application/json; charset=utf-8',
    map: 'application/json; charset=utf-8',
    md: 'text/markdown; charset=utf-8',
    mjs: 'text/javascript; charset=utf-8',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
    otf: 'font/otf',
    pdf: 'application/pdf',
    png: 'image/png',
    svg: 'image/svg+xml',
    ttf: 'font/ttf',
    txt: 'text/plain; charset=utf-8',
    wasm: 'application/wasm',
    webm: 'video/webm',
    webmanifest: 'application/manifest+json',
    webp: 'image/webp',
    woff: 'font/woff',
    woff2: 'font/woff2',
    xml: 'application/xml; charset=utf-8',
  }),
);

/**
 * Answers a Request with the file it names, or with null when there is none: then somebody else
 * may answer. A page may be named without `.html`, and a folder means its `index.html`.
 */
export async function staticFiles(folder) {
  const root = await realpath(folder).catch(() => null);
  return async (request) => {
    if (!root || (request.method !== 'GET' && request.method !== 'HEAD')) return null;
    const path = decoded(new URL(request.url).pathname);
    if (path === null) return null;
    const file = await find(root, path);
    return file && respond(request, path, file);
  };
}

/** The path without escapes; null when it is malformed or names something hidden. */
function decoded(pathname) {
  let path;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  const hidden = path.split('/').some((part) => part.startsWith('.') && part !== '.well-known');
  return hidden || path.includes('\0') || path.includes('\\') ? null : path;
}

async function find(root, path) {
  const names = path.endsWith('/') ? [`${path}index.html`] : [path, `${path}/index.html`, `${path}.html`];
  for (const name of names) {
    try {
      const real = await realpath(join(root, name));
      const facts = await stat(real);
      if (facts.isFile() && real.startsWith(root + sep)) return { real, facts };
    } catch {
      // not there: try the next name
    }
  }
  return null;
}

function respond(request, path, { real, facts }) {
  const tag = `W/"${facts.size.toString(16)}-${Math.trunc(facts.mtimeMs).toString(16)}"`;
  const headers = {
    'cache-control': path.startsWith(HASHED) ? FOR_EVER : ASK_AGAIN,
    'content-type': TYPES.get(extname(real).slice(1).toLowerCase()) ?? UNKNOWN_TYPE,
    etag: tag,
    'x-content-type-options': 'nosniff',
  };
  const known = request.headers.get('if-none-match')?.split(',').map((one) => one.trim());
  if (known?.includes(tag)) return new Response(null, { status: 304, headers });
  headers['content-length'] = String(facts.size);
  const body = request.method === 'HEAD' ? null : Readable.toWeb(createReadStream(real));
  return new Response(body, { headers });
}
