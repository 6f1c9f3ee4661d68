/** Keeps the custom models a user added. Only validated entries ever reach it. */
export interface CustomModelStore {
  /** Never rejects. */
  read(): Promise<CustomModelRead>;
  /**
   * Applies `change` to the current entries and persists the result atomically: never a torn or lost file. Rejects, with nothing changed,
   * with `custom-models-unreadable` while the store holds something else, with `custom-models-unwritable` where it cannot be written,
   * and with whatever `change` throws. `change` is pure: it may be tried before it counts.
   */
  update(change: (entries: readonly CustomModelEntry[]) => readonly CustomModelEntry[]): Promise<readonly CustomModelEntry[]>;
  /**
   * Keeps an unreadable content under another name, so that the store is empty and can be used again. Resolves to where it is kept,
   * or to nothing when the content is ours or absent: that is never moved. Rejects with `custom-models-unwritable`, also for a
   * content that cannot even be looked at.
   */
  setAside(): Promise<string | undefined>;
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
