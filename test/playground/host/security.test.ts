import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../temporary-folder.js";
import { host, OpenedHost, secret } from "./opened-host.js";

const command = { method: "POST", body: JSON.stringify({ type: "inspect", on: false }) } as const;

describe("the host is closed to everybody but its own page", () => {
  it.each<readonly [string, number, string, Readonly<Record<string, string | undefined>>]>([
    ["no secret", 401, "secret", { authorization: undefined }],
    ["a wrong secret", 401, "secret", { authorization: "Bearer the secret of this tesT" }],
    ["the beginning of the secret", 401, "secret", { authorization: `Bearer ${secret.slice(0, -1)}` }],
    ["the secret and more", 401, "secret", { authorization: `Bearer ${secret}x` }],
    ["another scheme", 401, "secret", { authorization: `Basic ${secret}` }],
    ["the secret without a scheme", 401, "secret", { authorization: secret }],
    ["the name of another host", 421, "host", { host: "hostile.example" }],
    ["a name that was made to point here", 421, "host", { host: "hostile.example:4177" }],
    ["another port", 421, "host", { host: "127.0.0.1:80" }],
    ["no port", 421, "host", { host: "127.0.0.1" }],
    ["no host", 421, "host", { host: undefined }],
    ["a host that begins like ours", 421, "host", { host: `${host}.hostile.example` }],
    ["another site's page", 403, "origin", { origin: "https://hostile.example" }],
    ["another port's page", 403, "origin", { origin: "http://127.0.0.1:8080" }],
    ["a page without an origin", 403, "origin", { origin: "null" }],
    ["our page's other name", 403, "origin", { origin: "http://localhost:4177" }],
    ["our page over another scheme", 403, "origin", { origin: `https://${host}` }],
    ["a request across sites", 403, "site", { "sec-fetch-site": "cross-site" }],
    ["a request across ports", 403, "site", { "sec-fetch-site": "same-site" }],
    ["a form", 415, "content-type", { "content-type": "application/x-www-form-urlencoded" }],
    ["a simple request", 415, "content-type", { "content-type": "text/plain" }],
    ["no content type", 415, "content-type", { "content-type": undefined }],
  ])("refuses %s", async (_name, status, code, headers) => {
    const opened = await OpenedHost.open();
    const response = await opened.request("/api/commands", { ...command, headers });
    expect([response.status, await response.json()]).toEqual([status, { ok: false, error: { code, detail: expect.any(String) as string } }]);
  });

  it.each<readonly [string, Readonly<Record<string, string | undefined>>]>([
    ["without an origin", {}],
    ["from its own page", { origin: `http://${host}`, "sec-fetch-site": "same-origin" }],
    ["from its own page by the other name", { host: "localhost:4177", origin: "http://localhost:4177" }],
    ["from the address bar", { "sec-fetch-site": "none" }],
    ["with a character set", { "content-type": "application/json; charset=utf-8" }],
  ])("takes a command %s", async (_name, headers) => {
    const opened = await OpenedHost.open();
    const response = await opened.request("/api/commands", { ...command, headers });
    expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
  });

  it.each(["/api/journal", "/api/commands", "/api/anything"])("tells nobody anything at %s without the secret", async (path) => {
    const opened = await OpenedHost.open();
    const response = await opened.request(path, { headers: { authorization: undefined } });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(secret);
  });

  it.each(["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE-ME"])("answers no %s, so that no other page may ask first", async (method) => {
    const opened = await OpenedHost.open();
    const response = await opened.request("/api/commands", { method, headers: { origin: "https://hostile.example" } });
    expect(response.status).toBe(405);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("lets no command in by its address", async () => {
    const opened = await OpenedHost.open();
    expect((await opened.request("/api/commands")).status).toBe(404);
    expect((await opened.request("/api/commands", { headers: { authorization: undefined } })).status).toBe(401);
  });

  it.each<readonly [string, Parameters<OpenedHost["request"]>]>([
    ["an answer", ["/api/commands", command]],
    ["a refusal", ["/api/commands", { ...command, headers: { authorization: undefined } }]],
    ["a refused host", ["/", { headers: { host: "hostile.example" } }]],
    ["what is not there", ["/api/nothing"]],
    ["the page", ["/"]],
  ])("protects %s by its headers", async (_name, [path, init]) => {
    const opened = await OpenedHost.open();
    const { headers } = await opened.request(path, init);
    expect(Object.fromEntries(headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    });
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("what is too large", () => {
  it.each<readonly [string, Readonly<Record<string, string>>]>([
    ["told by its length", { "content-length": String(300 * 1024) }],
    ["not told by its length", { "transfer-encoding": "chunked" }],
  ])("is refused: a body of 300 kB, %s", async (_name, headers) => {
    const opened = await OpenedHost.open();
    const response = await opened.request("/api/commands", { method: "POST", body: JSON.stringify({ type: "inspect", on: " ".repeat(300 * 1024) }), headers });
    expect([response.status, await response.json()]).toEqual([413, { ok: false, error: { code: "too-large", detail: expect.stringContaining("256 kB") as string } }]);
  });

  it("is refused: more pages than anybody looks at", async () => {
    const opened = await OpenedHost.open();
    const readers = await Promise.all(Array.from({ length: 16 }, () => opened.look()));
    expect((await opened.request("/api/journal")).status).toBe(503);
    await readers[0]?.leave();
    await opened.look();
  });
});

async function hostWithPage(): Promise<OpenedHost> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "dist", "assets"), { recursive: true });
  await writeFile(join(folder, "dist", "index.html"), "<!doctype html><title>The page</title>");
  await writeFile(join(folder, "dist", "assets", "page.js"), "export {};");
  await writeFile(join(folder, "secret.txt"), "not for the page");
  return await OpenedHost.open({ pageFolder: join(folder, "dist") });
}

describe("the page", () => {
  it("is served without a secret, which no address holds", async () => {
    const opened = await hostWithPage();
    const page = await opened.request("/", { headers: { authorization: undefined } });
    expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([200, "text/html; charset=utf-8", expect.stringContaining("The page") as string]);
    const script = await opened.request("/assets/page.js", { headers: { authorization: undefined } });
    expect([script.status, script.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
  });

  it.each(["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/%2e%2e%2f%2e%2e%2fsecret.txt", "/..%5csecret.txt", "/..\\secret.txt", "//secret.txt", "/%00", "/assets", "/nothing.html"])(
    "leads to no other file: %s",
    async (path) => {
      const opened = await hostWithPage();
      const response = await opened.app.request(new Request(`http://${host}${path}`, { headers: { host } }));
      expect([response.status, await response.text()]).toEqual([404, expect.not.stringContaining("not for the page") as string]);
    },
  );

  it("that is not built is named as such", async () => {
    const opened = await OpenedHost.open();
    const response = await opened.request("/");
    expect([response.status, await response.json()]).toEqual([503, { ok: false, error: { code: "page-not-built", detail: expect.stringContaining("npm run playground:page") as string } }]);
  });
});
