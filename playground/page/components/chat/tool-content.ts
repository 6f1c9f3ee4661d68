import type { RequestItem, ToolItem } from "../../../../src/app/transcript.js";

export interface ToolContent {
  /** One line: the command, the file, or whatever tells the most. */
  readonly preview: string | undefined;
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** The lines of a change of a text, each with its sign. */
  readonly diff: readonly string[] | undefined;
}

/** Fields that tell the most of a tool's input, whatever the tool is called. */
const telling = ["command", "path", "file_path", "filePath", "file", "pattern", "query", "url", "name"];
/** By which names tools call the old and the new text. */
const changes: readonly (readonly [string, string])[] = [
  ["oldText", "newText"],
  ["old_string", "new_string"],
  ["oldString", "newString"],
];

/** Reads what tools of any agent carry: their data is `{ item: { input, output } }`, and the input is the tool's own. */
export function toolContent({ data, detail }: ToolItem): ToolContent {
  const item = fields(fields(data)["item"]);
  const input = item["input"];
  return {
    preview: firstText(fields(input), telling) ?? oneLine(typeof input === "string" ? input : detail),
    input: written(onlyText(input)),
    output: written(item["output"]),
    diff: diffOf(fields(input)),
  };
}

/** What somebody decides on beside the line that says it: the change of a text, or what else the tool is given. Requests carry `{ input }`. */
export function requestContent({ args, detail }: RequestItem): Pick<ToolContent, "input" | "diff"> {
  const { input } = fields(args);
  const diff = diffOf(fields(input));
  const text = written(onlyText(input));
  return { diff, input: diff === undefined && text !== detail ? text : undefined };
}

function diffOf(input: Fields): readonly string[] | undefined {
  const edits: unknown[] = Array.isArray(input["edits"]) ? input["edits"] : [input];
  const lines = edits.flatMap((edit) => {
    const [before, after] = changes.find(([old]) => typeof fields(edit)[old] === "string") ?? [];
    if (before === undefined || after === undefined) return [];
    return signed("-", fields(edit)[before]).concat(signed("+", fields(edit)[after]));
  });
  return lines.length === 0 ? undefined : lines;
}

function signed(sign: string, text: unknown): string[] {
  return typeof text === "string" && text !== "" ? text.replace(/\n$/, "").split("\n").map((line) => `${sign} ${line}`) : [];
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function firstText(input: Fields, names: readonly string[]): string | undefined {
  const name = names.find((candidate) => typeof input[candidate] === "string" && input[candidate] !== "");
  return name === undefined ? undefined : oneLine(String(input[name]));
}

function oneLine(text: string | undefined): string | undefined {
  return text?.trim().split("\n")[0];
}

/** The command itself rather than `{ "command": … }`. */
function onlyText(input: unknown): unknown {
  const [value, ...others] = Object.values(fields(input));
  return others.length === 0 && typeof value === "string" ? value : input;
}

function written(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
