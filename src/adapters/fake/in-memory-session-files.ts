import type { SessionFileRequest, SessionFiles, SessionFileVerdict } from "../../ports/session-files.js";

/** Session files whose state a test decides; `unknown` unless told, as for an agent that runs elsewhere. */
export class InMemorySessionFiles implements SessionFiles {
  /** What was asked, oldest first. */
  readonly requests: SessionFileRequest[] = [];
  /** What was to be removed, oldest first. */
  readonly discarded: string[] = [];
  verdict: SessionFileVerdict;

  constructor(verdict: SessionFileVerdict = { type: "unknown" }) {
    this.verdict = verdict;
  }

  prepare(request: SessionFileRequest): Promise<SessionFileVerdict> {
    this.requests.push(request);
    return Promise.resolve(this.verdict);
  }

  discard({ file }: SessionFileRequest): Promise<void> {
    this.discarded.push(file);
    return Promise.resolve();
  }
}
