import type { Provider } from "../provider-facade.js";

/** What the suite runs on: one way of making a provider around one agent, and what that agent can be brought to do. */
export interface ConformanceSubject {
  /** As the tests shall be headed. */
  readonly name: string;
  readonly acts: ConformanceActs;
  /** The provider's calls that this agent cannot serve, each with the reason; the suite expects them to fail in words. */
  readonly lacks?: Partial<Readonly<Record<ConformanceFeature, string>>>;
  /**
   * A new provider and a new place for its agent. The prompts of these acts will be sent to it, in this order, whichever process of
   * it they reach: enough for an agent that plays from a script, while one that goes by the words of a prompt need not look at them.
   */
  open(script: readonly ConformanceAct[]): Promise<ConformanceStage>;
}

/** The suite disposes of the provider, and then of the stage. */
export interface ConformanceStage extends AsyncDisposable {
  readonly provider: Provider;
  /** A path at which no program lies. */
  readonly nowhere: string;
  /** How many processes of the agent live, those included that are merely asked for their models. */
  readonly processes: () => number;
  /** Lets this many milliseconds pass. Absent where the provider's clock is the machine's. */
  readonly pass?: (ms: number) => Promise<void>;
}

/** A prompt, and what a user must see of its turn: the texts of the assistant's messages, in order. */
export interface PromptedAct {
  readonly prompt: string;
  readonly texts: readonly string[];
}

/** A prompt of `generateJson`, and what the agent answers: the value, not its text. */
export interface GeneratingAct {
  readonly prompt: string;
  readonly json: unknown;
}

/** Why an agent cannot be brought to do something. */
export interface LackingAct {
  readonly lacks: string;
}

/** What an agent does. Everything but the first may be lacking. */
export interface ConformanceActs {
  /** Says something. */
  readonly answers: PromptedAct;
  /** Reasons before it speaks. */
  readonly thinks: PromptedAct | LackingAct;
  /** Uses a tool before it speaks; one that its user is asked about, where the provider claims the mode `approval-required`. */
  readonly usesTool: PromptedAct | LackingAct;
  /** Writes a message without a visible character, or with reasoning only, before the one that `texts` tell. */
  readonly plans: PromptedAct | LackingAct;
  /** Comes to an end, and goes on by itself: one turn all the same. */
  readonly worksInStages: PromptedAct | LackingAct;
  /** Handles the prompt without a run. */
  readonly handlesItself: PromptedAct | LackingAct;
  /** Fails at first, tries again by itself, and succeeds. */
  readonly retries: PromptedAct | LackingAct;
  /** Fails for good. */
  readonly fails: PromptedAct | LackingAct;
  /** Asks its user for a choice; the suite takes the first one, and `texts` are what comes of that. */
  readonly asks: PromptedAct | LackingAct;
  /** Works until it is steered with `steer`; `texts` are those of the whole turn. */
  readonly waitsForSteering: (PromptedAct & { readonly steer: string }) | LackingAct;
  /** Begins to say something visible and goes on for ever, but ends when it is told to abort. */
  readonly goesOn: PromptedAct | LackingAct;
  /** The same, and does not heed the abort. */
  readonly ignoresAbort: PromptedAct | LackingAct;
  /** Begins to work, and its process ends. */
  readonly crashes: PromptedAct | LackingAct;
  /** Says one JSON value and nothing else, in a process that keeps no session. */
  readonly generates: GeneratingAct | LackingAct;
}

export type ConformanceAct = keyof ConformanceActs;

/** Calls that a provider may offer although this agent cannot serve them. */
export type ConformanceFeature = "resume" | "readThread" | "rollback" | "commands" | "compaction";
