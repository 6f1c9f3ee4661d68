import * as v from "valibot";
import { maxCountedTurns, type TurnMessages } from "./turn-messages.js";

/** What a later process needs to continue a thread's conversation. Opaque to the host, who stores it as JSON. */
export interface ResumeCursor {
  readonly version: 1;
  readonly provider: string;
  readonly sessionId: string;
  /** Absent while nothing was said yet, and for a session that keeps no file: then only model and level are restored. */
  readonly sessionFile?: string;
  /** Nothing is known to have been saved in that file: some versions write it only with the model's first answer. */
  readonly provisional?: true;
  readonly cwd?: string;
  /** `provider/model-id`. */
  readonly model?: string;
  readonly thinkingLevel?: string;
  readonly turnMessages?: TurnMessages;
  /** Where the conversation stood when its last turn ended, where the host asks for references. */
  readonly head?: string;
}

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4_096));

const cursorSchema = v.object({
  version: v.literal(1),
  provider: text,
  sessionId: text,
  sessionFile: v.exactOptional(text),
  provisional: v.exactOptional(v.literal(true)),
  cwd: v.exactOptional(text),
  model: v.exactOptional(text),
  thinkingLevel: v.exactOptional(text),
  turnMessages: v.exactOptional(v.pipe(v.array(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0)))), v.maxLength(maxCountedTurns))),
  head: v.exactOptional(text),
});

export type CursorReading =
  | { readonly type: "none" }
  | { readonly type: "cursor"; readonly cursor: ResumeCursor }
  | { readonly type: "invalid"; readonly detail: string };

/** Reads a cursor that came back from the host. Another provider's cursor is invalid, not ignored. */
export function readResumeCursor(value: unknown, provider: string): CursorReading {
  if (value === undefined || value === null) return { type: "none" };
  const parsed = v.safeParse(cursorSchema, value);
  if (!parsed.success) return { type: "invalid", detail: "The resume cursor is not one that this provider wrote." };
  if (parsed.output.provider !== provider) {
    return { type: "invalid", detail: `The resume cursor belongs to the provider "${parsed.output.provider.slice(0, 100)}".` };
  }
  return { type: "cursor", cursor: parsed.output };
}
