/** Keeps the custom models a user added. Only validated entries ever reach it. */
export interface CustomModelStore {
  read(): Promise<CustomModelRead>;
  /** Applies `change` to the current entries and persists the result atomically: never a torn or lost file. Rejects while the store is unreadable. */
  update(change: (entries: readonly CustomModelEntry[]) => readonly CustomModelEntry[]): Promise<readonly CustomModelEntry[]>;
}

export interface CustomModelEntry {
  /** `provider/model-id`, split at the first slash. */
  readonly slug: string;
  /** Whether the agent itself accepted the model when it was added. */
  readonly verified: boolean;
}

export type CustomModelRead =
  | { readonly type: "entries"; readonly entries: readonly CustomModelEntry[] }
  /** The store holds something that is not ours; it is kept aside and reported, never overwritten. */
  | { readonly type: "unreadable"; readonly detail: string };
