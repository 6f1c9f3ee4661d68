/**
 * Turns one line of Pi's output into JSON, in time linear in the answer.
 *
 * Before 0.84 each `message_update` repeats the whole message twice, so parsing all of a long answer's updates takes time
 * quadratic in its length. Nothing of the repetition is read, and the fields come in a fixed order, so of such a line only
 * the update itself is parsed, up to where the repetition begins. Inside a JSON string the marker cannot occur: its quotation marks
 * would be escaped.
 */
export function parseRecord(line: Uint8Array): unknown {
  const bytes = withoutTerminalCodes(asBuffer(line));
  const end = repetitionStart(bytes);
  if (end === -1) return JSON.parse(bytes.toString("utf8"));
  return { type: "message_update", assistantMessageEvent: JSON.parse(`${bytes.toString("utf8", updateStart, end)}}`) };
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

/** Later versions put other fields between the two names, so one look at the line's first bytes tells the eras apart. */
const cumulativePrefix = Buffer.from('{"type":"message_update","assistantMessageEvent":{"type":"');
const updateStart = '{"type":"message_update","assistantMessageEvent":'.length;
const repetition = Buffer.from(',"partial":{');

/**
 * Updates whose own fields are plain values. A tool call's start has its name only in the repetition, and its end carries
 * arguments in which the marker may well be a key.
 */
const cuttable = ["text_delta", "text_start", "text_end", "thinking_delta", "thinking_start", "thinking_end", "toolcall_delta"].map((kind) =>
  Buffer.from(`${kind}"`),
);

function repetitionStart(line: Buffer): number {
  if (!hasAt(line, cumulativePrefix, 0)) return -1;
  if (!cuttable.some((kind) => hasAt(line, kind, cumulativePrefix.length))) return -1;
  return line.indexOf(repetition, cumulativePrefix.length);
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
