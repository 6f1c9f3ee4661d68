import { systemProcessTable } from "../../src/adapters/node/system-process-table.js";
import { markedProcesses } from "../process-census.js";

/** The ids of the agents themselves, without what they have started: the marked processes whose parent is this test. */
export async function agentPids(): Promise<readonly number[]> {
  const marked = new Set(markedProcesses().map(({ pid }) => pid));
  const processes = await systemProcessTable().list();
  return processes.filter(({ pid, parent }) => marked.has(pid) && parent === process.pid).map(({ pid }) => pid);
}

/** The one agent there is. */
export async function theAgentPid(): Promise<number> {
  const [pid, ...others] = await agentPids();
  if (pid === undefined || others.length > 0) throw new Error(`There is not one agent, but ${pid === undefined ? 0 : others.length + 1}.`);
  return pid;
}
