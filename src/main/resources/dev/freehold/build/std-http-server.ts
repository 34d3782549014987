// Stands in the place of `https://deno.land/std@…/http/server.ts`. The standard library's old server
// is made of Deno.serveHttp, which Deno 2 no longer has; what functions use of it is Deno.serve.

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

// deno-lint-ignore no-explicit-any
export function serve(handler: Handler, options: any = {}): Promise<void> {
  return Deno.serve(options, handler).finished;
}

// deno-lint-ignore no-explicit-any
export function serveTls(handler: Handler, options: any = {}): Promise<void> {
  return serve(handler, options);
}

// deno-lint-ignore no-explicit-any
export function serveListener(_listener: any, handler: Handler, options: any = {}): Promise<void> {
  return serve(handler, options);
}

// deno-lint-ignore no-explicit-any
export function listenAndServe(_address: any, handler: Handler, options: any = {}): Promise<void> {
  return serve(handler, options);
}

export class Server {
  readonly #handler: Handler;
  #running: Deno.HttpServer | undefined;

  // deno-lint-ignore no-explicit-any
  constructor(init: any) {
    this.#handler = init.handler;
  }

  get closed(): boolean {
    return this.#running === undefined;
  }

  // deno-lint-ignore no-explicit-any
  serve(_listener?: any): Promise<void> {
    this.#running = Deno.serve(this.#handler);
    return this.#running.finished;
  }

  listenAndServe(): Promise<void> {
    return this.serve();
  }

  close(): void {
    this.#running?.shutdown();
    this.#running = undefined;
  }
}
