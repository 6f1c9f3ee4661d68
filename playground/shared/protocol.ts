import type { ProviderApprovalDecision, RuntimeMode } from "../../src/ports/provider.js";
import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";
import type { ServerProvider } from "../../src/ports/server-provider.js";
import type { TurnSelection } from "../../src/domain/picker/host-selection.js";

/**
 * What the playground's page and its host say to each other, as JSON. Types only: this file runs on neither side.
 *
 * Every request carries `Authorization: Bearer <secret>`; the page finds the secret in its own URL's fragment, which no server sees.
 *
 * `GET /api/journal?after=<seq>&host=<hostId>` is a server-sent event stream read with `fetch`: `id` is the entry's `seq`, `data` a
 * {@link JournalEntry}. Without `after`, or where the journal reaches no longer back so far or `host` is another life of it, it begins with
 * a `state` entry, which carries the `seq` of the newest entry that is in it; after that entries follow one another without a gap, each
 * exactly once. A page that comes back names the last `seq` it has seen. A reader that is too slow is cut off, and comes back. Comments
 * (`: ping`) come while nothing else does.
 *
 * `POST /api/commands` takes a {@link Command} and answers with a {@link CommandResult}; what it changes arrives through the journal.
 */

export type JournalEntry = { readonly seq: number; readonly at: number } & JournalNews;

export type JournalNews =
  /** Everything that stands, for a page that knows nothing. Replaces whatever it knew. */
  | { readonly type: "state"; readonly state: HostState }
  /** An instance as the picker knows it, its settings and custom models; new or changed. */
  | { readonly type: "instance"; readonly instance: InstanceState }
  /** A thread's own row; new or changed. */
  | { readonly type: "thread"; readonly thread: ThreadRow }
  | { readonly type: "thread-removed"; readonly threadId: string }
  /** What a person sent, as soon as the provider took it: a message begins a turn or steers the one that runs. */
  | { readonly type: "message"; readonly threadId: string; readonly message: UserMessage }
  | { readonly type: "runtime-event"; readonly threadId: string; readonly event: ProviderRuntimeEvent; readonly latencyMs?: number }
  /** A record as it crossed the agent's pipes, cut to a bounded size; only while somebody inspects. */
  | { readonly type: "native-record"; readonly threadId: string; readonly direction: "to-agent" | "from-agent"; readonly record: unknown }
  /** A rule of the event stream was broken. There should never be one. */
  | { readonly type: "violation"; readonly threadId: string; readonly rule: string; readonly detail: string }
  /** The thread's conversation was cut back: everything from this turn on is gone. */
  | { readonly type: "rolled-back"; readonly threadId: string; readonly fromTurnId: string }
  | { readonly type: "scenario"; readonly scenario: string };

export interface HostState {
  /** Changes with every start of the host: a page with another one forgets its own state. */
  readonly hostId: string;
  readonly instances: readonly InstanceState[];
  readonly threads: readonly ThreadRow[];
  /** What is known of each thread, oldest first: enough to draw it. */
  readonly histories: readonly ThreadHistory[];
  /** What the scripted model may be told to do; empty where the models are real ones. */
  readonly scenarios: readonly ScenarioInfo[];
  readonly scenario: string | null;
  /** The rules that the host checks on every stream of events. */
  readonly rules: readonly string[];
}

export interface InstanceState {
  /** As `./picker` reads it. */
  readonly server: ServerProvider;
  readonly settings: InstanceSettings;
  readonly customModels: readonly CustomModelRow[];
  /** The agent is being looked for or asked just now. */
  readonly checking: boolean;
  /** The next step for a person when the instance cannot be used. */
  readonly nextStep?: string;
}

export interface InstanceSettings {
  /** Empty: the agent is looked for. */
  readonly binaryPath: string;
  readonly launchArguments: string;
}

export interface CustomModelRow {
  readonly slug: string;
  /** In words, what the agent says to it now. */
  readonly verdict: "accepted" | "refused" | "unverified";
  readonly detail?: string;
}

export interface ThreadRow {
  readonly threadId: string;
  readonly title: string;
  readonly instanceId: string;
  readonly runtimeMode: RuntimeMode;
  /** Its folder, for people. */
  readonly cwd: string;
  /** Whether a process is there; `resumable` threads get one with their next message. */
  readonly session: "none" | "starting" | "live" | "resumable";
  readonly activeTurnId: string | null;
  readonly lastError: string | null;
  readonly createdAt: string;
}

export interface ThreadHistory {
  readonly threadId: string;
  /**
   * Messages and events in the order in which they happened, without the passing states of a session. The deltas of an item are joined to
   * one; of an assistant message that is completed they are left out, and its completion stands in the place of the first.
   */
  readonly entries: readonly ({ readonly type: "message"; readonly message: UserMessage } | { readonly type: "runtime-event"; readonly event: ProviderRuntimeEvent })[];
  /** Earlier turns exist that are not told. */
  readonly truncated: boolean;
}

export interface UserMessage {
  readonly messageId: string;
  /** The turn that it began or joined. */
  readonly turnId: string;
  readonly text: string;
  readonly steers: boolean;
  readonly createdAt: string;
}

export interface ScenarioInfo {
  readonly id: string;
  readonly title: string;
  /** What one will see, and a prompt that suits it. */
  readonly description: string;
  readonly prompt: string;
}

export type Command =
  | { readonly type: "new-thread"; readonly instanceId: string; readonly runtimeMode: RuntimeMode }
  | { readonly type: "remove-thread"; readonly threadId: string }
  /** Starts, resumes, begins a turn or steers: whatever the thread needs for this message. */
  | { readonly type: "send"; readonly threadId: string; readonly text: string; readonly selection: TurnSelection }
  | { readonly type: "interrupt"; readonly threadId: string }
  | { readonly type: "stop-session"; readonly threadId: string }
  | { readonly type: "roll-back"; readonly threadId: string; readonly turns: number }
  | { readonly type: "compact"; readonly threadId: string }
  | { readonly type: "decide"; readonly threadId: string; readonly requestId: string; readonly decision: ProviderApprovalDecision }
  | { readonly type: "answer"; readonly threadId: string; readonly requestId: string; readonly answers: Readonly<Record<string, string>> }
  | { readonly type: "set-runtime-mode"; readonly threadId: string; readonly runtimeMode: RuntimeMode }
  | { readonly type: "configure"; readonly instanceId: string; readonly settings: InstanceSettings }
  | { readonly type: "refresh"; readonly instanceId: string }
  | { readonly type: "add-custom-model"; readonly instanceId: string; readonly slug: string; readonly allowUnverified: boolean }
  | { readonly type: "remove-custom-model"; readonly instanceId: string; readonly slug: string }
  | { readonly type: "scenario"; readonly scenario: string }
  /** Kills the thread's process as a crash would. Only where the agent is the playground's own. */
  | { readonly type: "crash"; readonly threadId: string }
  /** Native records are told from now on, or no longer. */
  | { readonly type: "inspect"; readonly on: boolean };

export type CommandResult =
  | { readonly ok: true; readonly threadId?: string; readonly turnId?: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly detail: string; readonly nextStep?: string } };
