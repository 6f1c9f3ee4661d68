import { parseArgs } from "node:util";
import type { AgentRefusalReason } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import type { AgentIo } from "./agent-io.js";
import { echoModels, levelOf, modelNamed, type EchoModel } from "./echo/models.js";
import { EchoRun, type EchoRunStage } from "./echo/run.js";
import { EchoStory, type Speaker } from "./echo/story.js";
import { inputRecords } from "./input-records.js";

const tricks = [{ name: "ping", about: "Answers without a run." }];

/**
 * The echo agent: the fake twin of a real one, which speaks the vocabulary of `echo/wire.ts` and gives back what it is told. What
 * its runs can do beyond that is told at `EchoRun`.
 */
export async function echoAgent(io: AgentIo): Promise<void> {
  if (io.args.includes("--version")) {
    await io.write(Buffer.from("echo-agent 1.0.0\n"));
    io.exit(0);
    return;
  }
  const flags = flagsOf(io.args);
  if (flags === undefined) {
    io.writeError("Unknown flag.\n");
    io.exit(2);
    return;
  }
  const model = modelNamed(flags.model ?? "echo/plain");
  if (model === undefined) {
    io.writeError("Unknown model.\n");
    io.exit(3);
    return;
  }
  await new EchoAgent({ io, model, level: flags.level }).live();
}

class EchoAgent implements EchoRunStage {
  readonly #io: AgentIo;
  readonly #ended = Promise.withResolvers<void>();
  readonly #story = new EchoStory();
  #model: EchoModel;
  #level: string | undefined;
  #nudges: readonly string[] = [];
  #run: EchoRun | undefined;
  #unstarted: EchoRun | undefined;

  constructor(options: { readonly io: AgentIo; readonly model: EchoModel; readonly level: string | undefined }) {
    this.#io = options.io;
    this.#model = options.model;
    this.#level = levelOf(options.model, options.level);
  }

  /** Resolves when the program has ended. */
  async live(): Promise<void> {
    this.#io.onTerminate(() => this.#exit(143));
    this.#listen().catch(this.#ended.reject);
    await this.#ended.promise;
  }

  /** One command after the other. */
  async #listen(): Promise<void> {
    for await (const record of inputRecords(this.#io.input)) {
      if (record === undefined) await this.emit({ ok: false, why: "other", because: "This is no record." });
      else if (record.do === "answer") this.#run?.answer(record);
      else {
        await this.emit({ re: record.ref, ...(await this.#answerTo(record)) });
        this.#startRun().catch(this.#ended.reject);
      }
    }
    this.#exit(0);
  }

  async #answerTo(command: RpcRecord): Promise<RpcRecord> {
    switch (command.do) {
      case "look":
        return consent({
          model: this.#model.name,
          ...(this.#level !== undefined && { level: this.#level }),
          busy: this.#run !== undefined,
          waiting: this.#nudges.length,
          lines: this.#story.lines.length,
          session: "echo",
        });
      case "models":
        return consent({ models: echoModels });
      case "levels":
        return consent({ levels: this.#model.levels });
      case "tricks":
        return consent({ tricks });
      case "use":
        return this.#use(String(command.model));
      case "dial":
        this.#level = levelOf(this.#model, String(command.level));
        return consent();
      case "say":
        return this.#say(String(command.text));
      case "nudge":
        return this.#nudge(String(command.text));
      case "hush":
        this.#nudges = [];
        this.#run?.hush();
        await this.#run?.ended;
        return consent();
      case "forget": {
        const count = this.#nudges.length;
        this.#nudges = [];
        return consent({ count });
      }
      case "cost":
        return consent({ spent: { heard: this.#story.wordsBy("user"), spoken: this.#story.wordsBy("assistant") } });
      case "marks":
        return consent({ marks: this.#story.linesBy("user") });
      case "rewind":
        return this.#rewind(String(command.at));
      case "story":
        return consent({ story: this.#story.lines });
      default:
        return refusal("unknown-command", "I do not know how to do that.");
    }
  }

  #use(name: string): RpcRecord {
    const model = modelNamed(name);
    if (model === undefined) return refusal("unknown-model", `I have no model ${name}.`);
    this.#model = model;
    this.#level = levelOf(model, this.#level);
    return consent({ model: name });
  }

  async #say(text: string): Promise<RpcRecord> {
    if (this.#run !== undefined) return refusal("busy", "I am speaking.");
    if (text.trim() === "/ping") {
      await this.emit({ now: "tell", text: "pong" });
      return consent({ went: "handled" });
    }
    this.#begin(text);
    return consent({ went: "started" });
  }

  #nudge(text: string): RpcRecord {
    if (this.#run === undefined) {
      this.#begin(text);
      return consent({ went: "started" });
    }
    this.#nudges = [...this.#nudges, text];
    this.#run.nudge();
    return consent({ went: "queued" });
  }

  #rewind(at: string): RpcRecord {
    if (this.#run !== undefined) return refusal("busy", "I am speaking.");
    return this.#story.rewind(at) ? consent() : refusal("other", "You never said that.");
  }

  /** The run starts once the command's own answer is written. */
  #begin(prompt: string): void {
    this.#run = this.#unstarted = new EchoRun({ stage: this, prompt });
  }

  /** Performs the run that has not started yet, if there is one, and whatever it leads to. */
  async #startRun(): Promise<void> {
    const run = this.#unstarted;
    this.#unstarted = undefined;
    if (run === undefined) return;
    await run.perform();
    await this.#startRun();
  }

  async emit(record: RpcRecord): Promise<void> {
    await this.#io.write(Buffer.from(`${JSON.stringify(record)}\n`));
  }

  remember(by: Speaker, text: string): void {
    this.#story.add(by, text);
  }

  takeNudge(): string | undefined {
    const [next, ...rest] = this.#nudges;
    this.#nudges = rest;
    return next;
  }

  leave(run: EchoRun): void {
    this.#run = undefined;
    const next = run.startsAnother ? "Something else came to my mind." : this.takeNudge();
    if (next !== undefined) this.#begin(next);
  }

  crash(): void {
    this.#io.writeError("I was asked to crash.\n");
    this.#exit(1);
  }

  #exit(code: number): void {
    this.#io.exit(code);
    this.#ended.resolve();
  }
}

function consent(answer: RpcRecord = {}): RpcRecord {
  return { ok: true, ...answer };
}

function refusal(why: AgentRefusalReason, because: string): RpcRecord {
  return { ok: false, why, because };
}

function flagsOf(args: readonly string[]): { readonly model?: string | undefined; readonly level?: string | undefined } | undefined {
  try {
    return parseArgs({ args: [...args], options: { model: { type: "string" }, level: { type: "string" } } }).values;
  } catch {
    return undefined;
  }
}
