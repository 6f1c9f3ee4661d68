import { ChildProcess } from "node:child_process";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { LocalProcess } from "../../../src/adapters/node/local-process.js";

/** A process whose events come in the order a test wants, which a system does not promise. */
function setUp(): { child: ChildProcess; stdin: PassThrough; stdout: PassThrough; stderr: PassThrough; local: LocalProcess; exit: () => void } {
  const child = new ChildProcess();
  // There is no process behind it, and Node would signal this one's whole group in its place when this host ends.
  child.kill = () => true;
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const local = new LocalProcess({ child, pid: 2 ** 22 + 1, stdin, stdout, stderr, mark: { name: "MARK", value: "none" } });
  return { child, stdin, stdout, stderr, local, exit: () => child.emit("exit", 1, null) };
}

describe("LocalProcess", () => {
  it("has the whole error output when the exit is known, even if the system reports it last", async () => {
    const { stderr, local, exit } = setUp();
    exit();
    setImmediate(() => {
      stderr.end("the reason");
    });
    expect(await local.exited).toEqual({ code: 1, signal: null });
    expect(local.errorTail()).toBe("the reason");
  });

  it("does not wait for pipes that nobody closes", async () => {
    const { stdout, stderr, local, exit } = setUp();
    stdout.write("last words");
    exit();
    expect(await local.exited).toEqual({ code: 1, signal: null });
    const chunks: Uint8Array[] = [];
    for await (const chunk of local.output) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("last words");
    expect([stdout.destroyed, stderr.destroyed]).toEqual([true, true]);
  });

  it("lets no error of a pipe or a signal escape as an event", () => {
    const { child, stdin, stdout, stderr } = setUp();
    for (const emitter of [child, stdin, stdout, stderr]) expect(emitter.emit("error", new Error("EPIPE"))).toBe(true);
  });
});
