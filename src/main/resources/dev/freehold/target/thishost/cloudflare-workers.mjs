// What `import … from 'cloudflare:workers'` means on plain Node. The adapter that runs the worker
// fills in the environment and the current context.
import { AsyncLocalStorage } from 'node:async_hooks';

/** The variables and bindings of the worker. */
export const env = {};

/** The context of the request that is being answered. */
export const currentContext = new AsyncLocalStorage();

/** Keeps the process from stopping until the promise has settled. */
export function waitUntil(promise) {
  currentContext.getStore()?.waitUntil(promise);
}

/** Runs a function with other variables. The rest of the process keeps seeing the first ones. */
export function withEnv() {
  throw new Error('withEnv is not available outside Cloudflare');
}

export class RpcTarget {}

export class WorkerEntrypoint {
  constructor(ctx, bindings) {
    this.ctx = ctx;
    this.env = bindings;
  }
}

const onlyThere = (name) =>
  class {
    constructor() {
      throw new Error(`${name} is not available outside Cloudflare`);
    }
  };

export const DurableObject = onlyThere('DurableObject');
export const WorkflowEntrypoint = onlyThere('WorkflowEntrypoint');
export const RpcStub = onlyThere('RpcStub');
