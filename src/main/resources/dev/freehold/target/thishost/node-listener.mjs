// Puts a fetch handler, (Request) => Response, behind Node's own HTTP server. Bodies stream both
// ways; a client that goes away aborts the request's signal; a request to stop (SIGTERM) lets what
// is in flight finish.
import { createServer } from 'node:http';
import process from 'node:process'; // not the global, which a worker's own polyfills replace
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

// Longer than any proxy in front keeps its idle connections, so that it is the proxy that closes.
const KEEP_ALIVE_MS = 75_000;
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
const WITHOUT_BODY = new Set(['GET', 'HEAD']);
const NOT_FOR_FETCH = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * Listens on HOST and PORT until the process is asked to stop.
 *
 * @param handle answers a Request with a Response
 * @param finished what to wait for, after the last response, before the process ends
 */
export function listen(handle, finished = async () => {}) {
  let stopping = false;
  const server = createServer(async (incoming, outgoing) => {
    if (stopping) outgoing.setHeader('connection', 'close');
    outgoing.once('close', () => stopping && server.closeIdleConnections());
    try {
      await answer(handle, incoming, outgoing);
    } catch (error) {
      fail(error, outgoing);
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0; // an upload may take long; the edge in front has the limits
  server.on('clientError', (error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy(error);
  });

  const stop = () => {
    if (stopping) return;
    stopping = true;
    server.close(async () => {
      await finished();
      process.exit(0);
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // Where these handlers come from, a forgotten promise does not take the server down.
  process.on('unhandledRejection', (error) => console.error('unhandled rejection:', error));

  const host = process.env.HOST || '127.0.0.1';
  server.listen(Number(process.env.PORT || 3000), host, () => {
    console.log(`listening on http://${host}:${server.address().port}`);
  });
}

async function answer(handle, incoming, outgoing) {
  if (NOT_FOR_FETCH.has(incoming.method)) {
    outgoing.writeHead(405).end();
    return;
  }
  const gone = new AbortController();
  outgoing.once('close', () => outgoing.writableFinished || gone.abort());
  const request = toRequest(incoming, gone.signal);
  if (!request) {
    outgoing.writeHead(400).end();
    return;
  }
  let response;
  try {
    response = await handle(request);
  } catch (error) {
    if (gone.signal.aborted) return; // nobody is left to tell
    throw error;
  }
  if (!isResponse(response)) throw new TypeError('the handler answered without a Response');
  await send(response, incoming.method === 'HEAD', outgoing, gone.signal);
}

function toRequest(incoming, signal) {
  const headers = new Headers();
  for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
    headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
  }
  const forwarded = headers.get('x-forwarded-proto')?.split(',')[0].trim().toLowerCase();
  const scheme = forwarded === 'https' ? 'https' : 'http';
  const path = incoming.url.startsWith('/') ? incoming.url : absoluteForm(incoming.url);
  try {
    const url = new URL(`${scheme}://${headers.get('host') ?? 'localhost'}${path}`);
    const body = WITHOUT_BODY.has(incoming.method) ? null : Readable.toWeb(incoming);
    return new Request(url, { method: incoming.method, headers, body, duplex: 'half', signal });
  } catch {
    return null;
  }
}

/** A proxy's way to name a path is a whole URL; OPTIONS may ask for `*`. */
function absoluteForm(target) {
  const url = URL.canParse(target) ? new URL(target) : null;
  return url ? url.pathname + url.search : '/';
}

/** Not instanceof: an app may bring a Response class of its own. */
function isResponse(value) {
  return typeof value?.status === 'number' && typeof value?.headers?.forEach === 'function';
}

async function send(response, headOnly, outgoing, gone) {
  const cookies = response.headers.getSetCookie?.() ?? [];
  response.headers.forEach((value, name) => {
    if (name !== 'set-cookie' && !HOP_BY_HOP.has(name)) outgoing.setHeader(name, value);
  });
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  if (response.statusText) outgoing.statusMessage = response.statusText;
  outgoing.statusCode = response.status;
  if (headOnly || !response.body) {
    await response.body?.cancel().catch(() => {});
    outgoing.end();
    return;
  }
  outgoing.flushHeaders();
  try {
    await pipeline(Readable.fromWeb(response.body), outgoing);
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}

/** The cause goes to the log; the client learns only that it failed. */
function fail(error, outgoing) {
  console.error(error);
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  outgoing.statusMessage = undefined;
  outgoing.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
  outgoing.end('Internal Server Error\n');
}
