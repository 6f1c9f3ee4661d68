import type { InstanceState, ScenarioInfo, ThreadRow } from "../../shared/protocol.js";
import type { InspectorLog } from "./inspector-log.js";
import type { ThreadView } from "./thread-view.js";

/** All that the page knows of the host, as the journal told it. */
export interface World {
  /** `undefined` until the first state has come. */
  readonly hostId: string | undefined;
  /** The latest entry that is in here. */
  readonly seq: number;
  readonly instances: readonly InstanceState[];
  /** Newest first. */
  readonly threads: readonly ThreadRow[];
  readonly views: ReadonlyMap<string, ThreadView>;
  readonly scenarios: readonly ScenarioInfo[];
  readonly scenario: string | null;
  readonly rules: readonly string[];
  readonly violations: readonly Violation[];
  readonly logs: ReadonlyMap<string, InspectorLog>;
}

export interface Violation {
  readonly seq: number;
  readonly threadId: string;
  readonly rule: string;
  readonly detail: string;
}

export const emptyWorld: World = {
  hostId: undefined,
  seq: 0,
  instances: [],
  threads: [],
  views: new Map(),
  scenarios: [],
  scenario: null,
  rules: [],
  violations: [],
  logs: new Map(),
};
