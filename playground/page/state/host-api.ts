import type { Command, CommandResult } from "../../shared/protocol.js";

export type CommandError = Extract<CommandResult, { ok: false }>["error"];

/** Sends commands to the host. Never rejects: an unreachable host is an answer as well. */
export class HostApi {
  readonly #fetch: typeof fetch;
  readonly #secret: string;

  constructor({ fetch, secret }: { readonly fetch: typeof globalThis.fetch; readonly secret: string }) {
    this.#fetch = fetch;
    this.#secret = secret;
  }

  async command(command: Command): Promise<CommandResult> {
    try {
      const response = await this.#fetch("/api/commands", {
        method: "POST",
        headers: { authorization: `Bearer ${this.#secret}`, "content-type": "application/json" },
        body: JSON.stringify(command),
      });
      const result: unknown = await response.json().catch(() => undefined);
      return isResult(result) ? result : failure("unexpected-answer", `The playground's host answered with status ${response.status}.`);
    } catch {
      return failure("host-unreachable", "The playground's host cannot be reached.", "Check that it still runs in its terminal, then try again.");
    }
  }
}

function isResult(value: unknown): value is CommandResult {
  return typeof value === "object" && value !== null && "ok" in value && typeof value.ok === "boolean";
}

function failure(code: string, detail: string, nextStep?: string): CommandResult {
  return { ok: false, error: { code, detail, ...(nextStep === undefined ? {} : { nextStep }) } };
}
