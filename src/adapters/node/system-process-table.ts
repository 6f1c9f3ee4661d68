import { LinuxProcessTable } from "./process-table-linux.js";
import { PsProcessTable } from "./process-table-ps.js";
import type { ProcessTable } from "./process-table.js";

/** Windows forgets who a dead process's children were, and `taskkill` walks the tree itself: there is nothing to list. */
const emptyProcessTable: ProcessTable = {
  list: () => Promise.resolve([]),
  listNow: () => [],
  carries: () => false,
};

export function systemProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  if (platform === "win32") return emptyProcessTable;
  return platform === "linux" ? new LinuxProcessTable() : new PsProcessTable();
}
