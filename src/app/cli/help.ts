import { alignColumns } from "./cells.js";
import type { Command } from "./command.js";
import type { CommandOption } from "./command-options.js";

const help: CommandOption = { type: "boolean", short: "h", help: "Show this help" };
const version: CommandOption = { type: "boolean", help: "Print this program's version" };

const exitCodes = [
  ["  0", "Done: Pi is usable, the turn completed"],
  ["  1", "Pi is not usable, the turn failed, or a custom model was refused"],
  ["  2", "The command line was not understood"],
  ["  128 + n", "Ended by signal n: 130 for Ctrl-C, 143 for a request to terminate, 141 when whoever read the output has gone"],
] as const;

export function programHelp(commands: readonly Command[]): string {
  return sections([
    ["The Pi coding agent as a provider, on the command line."],
    ["Usage: t3-pi <command> [options]"],
    ["Commands:", ...alignColumns(commands.map(({ name, summary }) => [`  ${name}`, summary]))],
    ["Options:", ...optionLines({ help, version })],
    ["Exit codes:", ...alignColumns(exitCodes)],
    ['"t3-pi <command> --help" tells more about a command.'],
  ]);
}

export function commandHelp(command: Command): string {
  const { summary, actions = {}, options } = command;
  const actionLines = alignColumns(Object.entries(actions).map(([action, help]) => [`  ${action}`, help]));
  return sections([[`${summary}.`], [usageOf(command)], ...(actionLines.length === 0 ? [] : [["Actions:", ...actionLines]]), ["Options:", ...optionLines({ ...options, help })]]);
}

/** What is shown after a mistake: enough to go on, without hiding what the mistake was. */
export function usageHint(command: Command | undefined): string {
  return command === undefined
    ? 'Usage: t3-pi <command> [options]\n"t3-pi --help" lists the commands.\n'
    : `${usageOf(command)}\n"t3-pi ${command.name} --help" lists the options.\n`;
}

function usageOf({ name, operands }: Command): string {
  return ["Usage: t3-pi", name, ...(operands === undefined ? [] : [operands]), "[options]"].join(" ");
}

function optionLines(options: Readonly<Record<string, CommandOption>>): readonly string[] {
  return alignColumns(
    Object.entries(options).map(([name, { short, value, help }]) => [
      `  ${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` <${value}>`}`,
      help,
    ]),
  );
}

function sections(paragraphs: readonly (readonly string[])[]): string {
  return paragraphs.map((lines) => `${lines.join("\n")}\n`).join("\n");
}
