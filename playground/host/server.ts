import { existsSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { readCommand } from "./command-schema.js";
import { journalStream } from "./journal-stream.js";
import type { Playground } from "./playground.js";
import { fromOurPage, refuse, withProtection, withSecret, type Gate } from "./security.js";

export interface ServerOptions extends Gate {
  readonly playground: Playground;
  /** The built page. */
  readonly pageFolder: string;
  readonly pulse?: (beat: () => void) => () => void;
  readonly onDefect: (error: unknown) => void;
}

const maxBody = 256 * 1024;
/** Pages that look at the same time. */
const maxReaders = 16;
const pulseMs = 15_000;

/** The host's answers, for a server to serve and a test to ask. */
export function createServer({ playground, pageFolder, hosts, secret, onDefect, pulse = everyPulse }: ServerOptions): Hono {
  const app = new Hono();
  const { journal } = playground;
  app.use(withProtection, fromOurPage({ hosts }));
  app.use("/api/*", withSecret({ secret }));

  app.get("/api/journal", (context) => {
    if (journal.readers >= maxReaders) return refuse(context, { status: 503, code: "too-many-pages", detail: `${maxReaders} pages are open already. Close one of them.` });
    const after = placeOf({ hostId: playground.hostId, after: context.req.query("after"), host: context.req.query("host") });
    if (after === "invalid") return refuse(context, { status: 400, code: "invalid-place", detail: "A place in the journal is a whole number." });
    playground.look();
    const body = journalStream({
      journal,
      after,
      state: () => playground.state,
      pulse,
      onEnd: () => {
        if (journal.readers === 0) playground.lookAway();
      },
    });
    // Told to be chunked, the server sends the head at once, and waits for no second chunk.
    return context.body(body, 200, { "content-type": "text/event-stream", "transfer-encoding": "chunked" });
  });

  app.post("/api/commands", onlyJson, bodyLimit({ maxSize: maxBody, onError: (context) => refuse(context, { status: 413, code: "too-large", detail: "A command has at most 256 kB." }) }), async (context) => {
    const value: unknown = await context.req.json().catch(() => undefined);
    const reading = readCommand(value);
    if (reading.type === "invalid") return refuse(context, { status: 400, code: "invalid-command", detail: reading.detail });
    return context.json(await playground.execute(reading.command));
  });

  app.all("/api/*", (context) => refuse(context, { status: 404, code: "not-found", detail: "There is nothing under this address." }));
  app.get("/*", page(pageFolder));
  app.notFound((context) => refuse(context, { status: 404, code: "not-found", detail: "There is nothing under this address." }));
  app.onError((error, context) => {
    onDefect(error);
    return refuse(context, { status: 500, code: "host-defect", detail: "The playground's host failed. Its terminal says more." });
  });
  return app;
}

const onlyJson: MiddlewareHandler = async (context, next) => {
  const type = context.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return await next();
  return refuse(context, { status: 415, code: "content-type", detail: "A command is sent as application/json." });
};

/** The page may be built while the host runs. */
function page(folder: string): MiddlewareHandler {
  let files: MiddlewareHandler | undefined;
  return async (context, next) => {
    if (!existsSync(join(folder, "index.html"))) return refuse(context, { status: 503, code: "page-not-built", detail: "The page is not built. Run npm run playground:page." });
    files ??= serveStatic({ root: folder });
    return await files(context, next);
  };
}

/** Where a reader goes on; `undefined` where it begins with the state: it knows nothing, or only what another life of the host told it. */
function placeOf({ hostId, after, host }: { readonly hostId: string; readonly after: string | undefined; readonly host: string | undefined }): number | undefined | "invalid" {
  if (after === undefined) return undefined;
  if (!/^\d{1,15}$/.test(after)) return "invalid";
  return host === undefined || host === hostId ? Number(after) : undefined;
}

function everyPulse(beat: () => void): () => void {
  const timer = setInterval(beat, pulseMs);
  return () => clearInterval(timer);
}
