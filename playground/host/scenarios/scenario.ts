import type { ModelAnswer, ModelRequest } from "../../../src/app/testing.js";
import type { ScenarioInfo } from "../../shared/protocol.js";

/** What the scripted model does while this is chosen. */
export interface Scenario extends ScenarioInfo {
  readonly answer: (request: ModelRequest, stage: ScenarioStage) => ModelAnswer;
}

/** What a scenario may know and do beyond the request. */
export interface ScenarioStage {
  /** How often the model has spoken since the user did: the number of tool rounds behind it. */
  readonly round: number;
  /** How often this same request has come, 1 for the first time: an agent that tries again asks the same. */
  readonly attempt: number;
  /** Resolves when the user says something else in the meantime. */
  readonly steered: Promise<void>;
  /** Resolves when another scenario is chosen. */
  readonly replaced: Promise<void>;
  /** Whether the agent was killed while it answered the user's message before this one. */
  readonly hasCrashed: boolean;
  /** Has the host kill the agent as soon as it has told the first words of this answer. */
  readonly crashAgent: () => void;
  /** A text in pieces, at about the speed of speech that can be read along. */
  readonly spoken: (text: string) => ModelAnswer;
  readonly thought: (text: string) => ModelAnswer;
}

/** Fulfilled by nobody: an answer that waits for it ends with its listener. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
