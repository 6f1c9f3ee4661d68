/** What people read of numbers, times and the host's words. */

const numbers = new Intl.NumberFormat("en-US");

export function count(value: number, one: string, many = `${one}s`): string {
  return `${numbers.format(value)} ${value === 1 ? one : many}`;
}

export function tokens(value: number): string {
  return numbers.format(value);
}

export function duration(from: string, to: string): string {
  const seconds = Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000;
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function cost(dollars: number): string {
  return dollars === 0 ? "$0" : `$${dollars < 0.01 ? dollars.toFixed(4) : dollars.toFixed(2)}`;
}

/** The time of day, to the millisecond. */
export function clockTime(at: number): string {
  const time = new Date(at);
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return `${hours}:${minutes}:${seconds}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

const words: Readonly<Record<string, string>> = {
  "full-access": "Full access",
  "approval-required": "Ask before acting",
  "auto-accept-edits": "Edits without asking",
  command_execution_approval: "Run a command?",
  exec_command_approval: "Run a command?",
  file_read_approval: "Read a file?",
  file_change_approval: "Change files?",
  apply_patch_approval: "Apply a patch?",
  accept: "Allowed",
  acceptForSession: "Allowed for this session",
  decline: "Declined",
  cancel: "Cancelled",
};

/** A word of the contract for people; one that is not known here is told as it is. */
export function worded(word: string): string {
  return words[word] ?? word;
}
