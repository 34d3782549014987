// Libraries import this name when they think that they run on Cloudflare, and mostly never use it.
export function connect() {
  throw new Error('cloudflare:sockets is not available here; node:net is');
}
