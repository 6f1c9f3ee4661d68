/** Pi's wire changed twice: snapshots, deltas, deltas with the disposition of prompts. What a host sees is the same on all of them. */
export const eras = ["0.80.10", "0.87.1", "1.0.3"] as const;
