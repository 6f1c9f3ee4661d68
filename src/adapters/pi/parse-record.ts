/**
 * Turns one line of Pi's output into JSON, in time linear in the answer.
 *
 * A long answer is thousands of `message_update`s, and of each only the update itself is read, so only that is parsed. What stands
 * around it: before 0.84 the whole message, twice, which would take time quadratic in the answer; later the usage so far, which is
 * half of the line. The fields come in a fixed order, and inside a JSON string none of the markers can occur: their quotation marks
 * would be escaped.
 */
export function parseRecord(line: Uint8Array): unknown {
  const bytes = withoutTerminalCodes(asBuffer(line));
  return cumulativeUpdate(bytes) ?? laterUpdate(bytes) ?? JSON.parse(bytes.toString("utf8"));
}

/**
 * A program around Pi, or an extension of it, may set the terminal's title or colour. Such a code ends with no line feed, so it stands
 * before the next record on that record's own line. Text stays where it is: a line that begins with words is no record.
 */
function withoutTerminalCodes(line: Buffer): Buffer {
  if (line[0] === openingBrace) return line;
  const [codes = ""] = terminalCodes.exec(line.toString("latin1", 0, maxCodeBytes)) ?? [];
  return line.subarray(codes.length);
}

const openingBrace = 0x7b;
const maxCodeBytes = 1024;
/** Control sequences (`ESC [ …`), commands to the system (`ESC ] …`, ended by BEL or by ESC and a backslash), carriage returns. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const terminalCodes = /^(?:\u001B\[[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)|\r)+/;

/** The eras put different fields behind the record's type, so one look at the line's first bytes tells them apart. */
const cumulativePrefix = Buffer.from('{"type":"message_update","assistantMessageEvent":{"type":"');
const cumulativeStart = '{"type":"message_update","assistantMessageEvent":'.length;
const repetition = Buffer.from(',"partial":{');

/**
 * Updates whose own fields are plain values. A tool call's start has its name only in the repetition, and its end carries
 * arguments in which the marker may well be a key.
 */
const cuttable = ["text_delta", "text_start", "text_end", "thinking_delta", "thinking_start", "thinking_end", "toolcall_delta"].map((kind) =>
  Buffer.from(`${kind}"`),
);

function cumulativeUpdate(line: Buffer): unknown {
  if (!hasAt(line, cumulativePrefix, 0)) return undefined;
  if (!cuttable.some((kind) => hasAt(line, kind, cumulativePrefix.length))) return undefined;
  const end = line.indexOf(repetition, cumulativePrefix.length);
  return end === -1 ? undefined : updateOf(`${line.toString("utf8", cumulativeStart, end)}}`);
}

const laterPrefix = Buffer.from('{"type":"message_update","usage":{');
const laterMarker = ',"assistantMessageEvent":';

function laterUpdate(line: Buffer): unknown {
  if (!hasAt(line, laterPrefix, 0)) return undefined;
  const text = line.toString("utf8");
  const marker = text.indexOf(laterMarker, laterPrefix.length);
  if (marker === -1) return undefined;
  try {
    return updateOf(text.slice(marker + laterMarker.length, -1));
  } catch {
    // Something stands behind the update, or the line is no JSON: reading all of it tells which.
    return undefined;
  }
}

function updateOf(json: string): unknown {
  return { type: "message_update", assistantMessageEvent: JSON.parse(json) };
}

function hasAt(line: Buffer, expected: Buffer, offset: number): boolean {
  for (let index = 0; index < expected.length; index += 1) {
    if (line[offset + index] !== expected[index]) return false;
  }
  return true;
}

/** A line is a `Buffer` already as a rule, and then needs no second view of its memory. */
function asBuffer(line: Uint8Array): Buffer {
  return Buffer.isBuffer(line) ? line : Buffer.from(line.buffer, line.byteOffset, line.byteLength);
}
