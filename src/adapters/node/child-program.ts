import { execFile, type ChildProcess } from "node:child_process";
import { win32 } from "node:path";
import type { Writable } from "node:stream";
import type { ProcessExit } from "../../ports/process-spawner.js";
import type { StoppableProgram } from "./stop-ladder.js";

const isWindows = process.platform === "win32";

/** A child process as the stop ladder sees it. Its signals go through Node's handle, which lets go of the id when the child ends. */
export class ChildProgram implements StoppableProgram {
  readonly pid: number;
  readonly ended: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  #terminated = false;

  constructor({ child, pid, stdin }: { child: ChildProcess; pid: number; stdin: Writable }) {
    this.pid = pid;
    this.#child = child;
    this.#stdin = stdin;
    // Not "close", which waits for every descendant that holds a pipe.
    this.ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  get exit(): ProcessExit | undefined {
    const { exitCode: code, signalCode: signal } = this.#child;
    return code === null && signal === null ? undefined : { code, signal };
  }

  closeInput(): void {
    this.#stdin.end();
  }

  /**
   * Only the program itself, and only once: agents take a second signal as the order to drop their clean-up. Windows has no polite
   * signal: what Node calls SIGTERM there kills at once.
   */
  terminate(): void {
    if (isWindows || this.#terminated) return;
    this.#terminated = true;
    this.#child.kill("SIGTERM");
  }

  /** Whatever can be done in the host's last moment: nothing is left to wait with. */
  abandon(): void {
    if (isWindows) this.kill();
    else this.terminate();
  }

  /** On Windows together with the descendants, which can be found there only while their parent lives. */
  kill(): void {
    if (!isWindows) {
      this.#child.kill("SIGKILL");
      return;
    }
    const taskkill = win32.join(process.env["SystemRoot"] ?? String.raw`C:\Windows`, "System32", "taskkill.exe");
    execFile(taskkill, ["/PID", String(this.pid), "/T", "/F"], (error) => {
      if (error) this.#child.kill("SIGKILL");
    });
  }
}
