/** What the operating system says about its processes. */
export interface ProcessTable {
  /** All living processes. A zombie is not one of them: it is dead, even where nobody ever collects it. Never rejects. */
  list(): Promise<readonly ProcessEntry[]>;
  /** The same, for a host that is about to exit and can wait for nothing any more. Never throws. */
  listNow(): readonly ProcessEntry[];
  /** Whether the process was started with this variable; `false` where the system does not tell. */
  carries(entry: ProcessEntry, variable: EnvironmentVariable): boolean;
}

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** The process group; equal to `pid` for the group's leader. */
  readonly group: number;
  /** When the process started, in a unit of the table's own. Together with `pid` it names one process for ever. */
  readonly startedAt: number;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}
