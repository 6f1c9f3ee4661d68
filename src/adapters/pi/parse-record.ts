/**
 * Turns one line of Pi's output into JSON, in time linear in the answer.
 *
 * Before 0.84 each `message_update` repeats the whole message twice, so parsing all of a long answer's updates takes time
 * quadratic in its length. Nothing of the repetition is read, and the fields come in a fixed order, so the line is cut where it
 * begins and closed again. Inside a JSON string the marker cannot occur: its quotation marks would be escaped.
 */
export function parseRecord(line: Uint8Array): unknown {
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const end = repetitionStart(bytes);
  return end === -1 ? JSON.parse(bytes.toString("utf8")) : JSON.parse(`${bytes.toString("utf8", 0, end)}}}`);
}

/** Later versions put other fields between the two names, so one look at the line's first bytes tells the eras apart. */
const cumulativePrefix = Buffer.from('{"type":"message_update","assistantMessageEvent":{"type":"');
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
