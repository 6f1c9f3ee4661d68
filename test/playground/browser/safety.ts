import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { foreignName } from "./chromium.js";
import type { HostProcess } from "./host-process.js";
import type { PlaygroundSite } from "./playground-site.js";

/** What neither a model nor another page nor another machine may do. */
export function describeSafety(site: () => PlaygroundSite): void {
  it("runs and loads nothing of what a model answers", async () => {
    const chat = await site().chat();
    await chat.chooseScenario("Hostile answer");
    const turn = await chat.turn("Do your worst.");
    const answer = chat.answers(turn);
    expect(await answer.innerText()).toContain("The end of the hostile answer.");
    // Every tag is text that can be read.
    expect(await answer.innerText()).toContain('<img src="x" onerror="window.hacked = true">');
    expect(await answer.locator("script, img, svg:not(.icon), iframe, style, base, form, input, object, embed, link, [onerror], [onload], [onmouseover], [style]").count()).toBe(0);
    const links = await answer.locator("a").all();
    expect(await Promise.all(links.map((link) => link.getAttribute("href")))).toEqual(["https://example.com/"]);
    for (const inert of await answer.locator(".md-inert").all()) await inert.click();
    expect(await chat.page.evaluate(() => Reflect.get(globalThis, "hacked"))).toBeUndefined();
    expect(await chat.page.title()).not.toContain("hacked");
    expect(await chat.page.locator("body").isVisible()).toBe(true);
    // What was typed is no Markdown and no HTML either.
    const own = `<img src=x onerror="window.hacked=true"> [me](javascript:hacked)`;
    const mine = await chat.turn(own);
    expect(await mine.locator(".user-message img, .user-message a").count()).toBe(0);
    expect(chat.page.url()).toBe(site().host.url);
  });

  it("lets nobody in without this run's secret, and says what to do", async () => {
    const { host } = site();
    const without = await site().open({ url: `${host.origin}/` });
    await without.page.getByRole("heading", { name: "This address is not complete" }).waitFor();
    const wrong = await site().open({ url: `${host.origin}/#key=of-yesterday` });
    await wrong.alert.filter({ hasText: "This page's secret is not the host's." }).waitFor();
    expect(await wrong.page.locator(".thread-open").count()).toBe(0);
    // The browser itself tells of a refused request.
    expect(wrong.forgiveTrouble(/the server responded with a status of 401/)).toBeGreaterThan(0);
  });

  it("answers no other page, by whatever name it calls the host", async () => {
    const { host } = site();
    // The name of another site that points to this machine, as its owner may have it at any time.
    const rebound = await site().open({ url: `http://${foreignName}:${new URL(host.origin).port}/#key=${host.secret}` });
    expect(await rebound.page.locator("body").innerText()).toContain("This is not the host that was asked for.");
    expect(await rebound.page.locator("script, link").count()).toBe(0);
    expect(rebound.forgiveTrouble(/status of 421|Cross-Origin-Opener-Policy/)).toBeGreaterThan(0);
  });

  it("takes no command that means another host, comes from another page, knows no secret or is too large", async () => {
    const { host } = site();
    const { port } = new URL(host.origin);
    expect(await command(host, {})).toEqual({ status: 200, code: undefined });
    expect(await command(host, { host: "evil.example" })).toEqual({ status: 421, code: "host" });
    expect(await command(host, { host: `evil.example:${port}` })).toEqual({ status: 421, code: "host" });
    expect(await command(host, { origin: "http://evil.example" })).toEqual({ status: 403, code: "origin" });
    expect(await command(host, { origin: "null" })).toEqual({ status: 403, code: "origin" });
    expect(await command(host, { "sec-fetch-site": "cross-site" })).toEqual({ status: 403, code: "site" });
    expect(await command(host, { authorization: "" })).toEqual({ status: 401, code: "secret" });
    expect(await command(host, { authorization: `Bearer ${host.secret}x` })).toEqual({ status: 401, code: "secret" });
    expect(await command(host, { "content-type": "text/plain" })).toEqual({ status: 415, code: "content-type" });
    const large = JSON.stringify({ type: "send", threadId: "t", text: "x".repeat(300_000), selection: { provider: "pi" } });
    expect(await command(host, {}, large)).toEqual({ status: 413, code: "too-large" });
    expect(await command(host, { "transfer-encoding": "chunked" }, large)).toEqual({ status: 413, code: "too-large" });
  });

  it("is not to be reached from another machine", async () => {
    const port = Number(new URL(site().host.origin).port);
    const elsewhere = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []).filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of elsewhere) expect(await connects({ host: address, port })).toBe(false);
    expect(await connects({ host: "127.0.0.1", port })).toBe(true);
  });
}

interface Answer {
  readonly status: number | undefined;
  /** Of the refusal. */
  readonly code: string | undefined;
}

/** A request as the page would send it, but for these headers; `fetch` would not let some of them be set. */
function command({ origin, secret }: HostProcess, others: Readonly<Record<string, string>>, body = '{"type":"inspect","on":false}'): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json", ...others };
  const sent = request(`${origin}/api/commands`, { method: "POST", headers, agent: false }, (response) => {
    let text = "";
    response.on("data", (piece) => (text += String(piece)));
    response.on("end", () => resolve({ status: response.statusCode, code: (JSON.parse(text) as { readonly error?: { readonly code: string } }).error?.code }));
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}

function connects(place: { readonly host: string; readonly port: number }): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(place);
  socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
  return promise.finally(() => socket.destroy());
}
