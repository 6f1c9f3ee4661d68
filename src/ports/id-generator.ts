/** Identifiers for turns, events and requests. */
export interface IdGenerator {
  /** A new UUID, unique across processes: T3 uses event and item ids as database keys across all threads. */
  uuid(): string;
}
