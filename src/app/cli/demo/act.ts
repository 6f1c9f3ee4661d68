import type { ModelAnswer } from "../../../adapters/fake/model-endpoint/model-answer.js";
import type { Stage } from "./stage.js";

/** One thing that the demo shows. */
export interface Act {
  readonly heading: string;
  /** What the scripted model answers while it plays, one answer a request. */
  readonly answers: readonly ModelAnswer[];
  /** Extensions of Pi that it needs, as source by file name. Pi has them from its start on, in every act. */
  readonly extensions?: Readonly<Record<string, string>>;
  /** Rejects when something is not as it is shown. */
  readonly play: (stage: Stage) => Promise<void>;
}
