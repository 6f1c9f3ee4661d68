import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { CommandResult } from "../shared/protocol.js";

/** Only this program's own page may talk to it: a page of another site, or a name that was made to point here, gets nothing. */
export interface Gate {
  /** The names by which a browser may ask for it, `127.0.0.1:4177`. */
  readonly hosts: readonly string[];
  readonly secret: string;
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
};

/** What every response carries, refusals included. */
export const withProtection: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
};

/** For everything: a request has to mean this host and to come from its own page, or from no page at all. */
export function fromOurPage({ hosts }: Pick<Gate, "hosts">): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    if (method !== "GET" && method !== "POST") return refuse(context, { status: 405, code: "method", detail: "Only GET and POST are answered." });
    const host = context.req.header("host");
    if (host === undefined || !hosts.includes(host)) return refuse(context, { status: 421, code: "host", detail: "This is not the host that was asked for." });
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${host}`) return refuse(context, { status: 403, code: "origin", detail: "Another page's requests are not answered." });
    const site = context.req.header("sec-fetch-site");
    if (site !== undefined && site !== "same-origin" && site !== "none") return refuse(context, { status: 403, code: "site", detail: "Another site's requests are not answered." });
    return await next();
  };
}

/** For everything but the page itself, which holds nothing that is not public. */
export function withSecret({ secret }: Pick<Gate, "secret">): MiddlewareHandler {
  const expected = digest(`Bearer ${secret}`);
  return async (context, next) => {
    // Digests are of one length, so the comparison takes the same time whatever was sent.
    if (timingSafeEqual(digest(context.req.header("authorization") ?? ""), expected)) return await next();
    return refuse(context, { status: 401, code: "secret", detail: "The secret is missing or wrong. Open the address that the host printed." });
  };
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 500 | 503;
  readonly code: string;
  readonly detail: string;
}

export function refuse(context: Context, { status, code, detail }: Refusal): Response {
  const result: CommandResult = { ok: false, error: { code, detail } };
  return context.json(result, status);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
