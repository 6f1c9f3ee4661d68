/** How long what the agent said of itself is good for. Milliseconds. */
export interface InventorySettings {
  /** For this long after a look at the files nothing at all is looked at. */
  readonly recheckMs: number;
  /** An unchanged answer older than this is still given, but the agent is asked again meanwhile. */
  readonly staleMs: number;
  /** For this long a failure is told again without another try. */
  readonly retryMs: number;
  /** How long a process that has answered for a project waits there for a session; 0 switches it off. */
  readonly warmStartMs: number;
}
