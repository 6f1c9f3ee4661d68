import { gateAccept, gateDecline, gateMark } from "./gate-words.js";

/**
 * The extension that makes Pi ask before each tool call, as the text of the file that Pi loads. A text, so that it survives a host
 * that bundles this package into one file.
 *
 * It decides nothing: it describes the call, asks the host, and blocks unless the answer is the exact one. So a change of the host's
 * policy holds from the next call on, and nothing that the agent's tools can reach, a file or a variable, says what is allowed.
 *
 * The file lies in no package, so Pi takes it for CommonJS and loads it without translating it. Node's own modules are all it needs.
 */
export const gateSource = `"use strict";

const { createHash } = require("node:crypto");
const { accessSync, lstatSync, realpathSync } = require("node:fs");
const { homedir } = require("node:os");
const { basename, dirname, isAbsolute, join, relative, resolve, sep } = require("node:path");
const { fileURLToPath } = require("node:url");

const mark = ${JSON.stringify(gateMark)};
const answers = [${JSON.stringify(gateAccept)}, ${JSON.stringify(gateDecline)}];

/** Characters of JSON that a question may have. */
const questionLimit = 16000;

/** Pi's own tools that work on one path, and what they work on when none is given. */
const defaultPaths = { read: undefined, edit: undefined, write: undefined, grep: ".", find: ".", ls: "." };

const changers = new Set(["edit", "write"]);

/**
 * Folders whose files run without a tool call: Pi loads a trusted project's extensions from one whenever it takes up a session, and
 * whoever runs git, a host's checkpoints among them, runs what the other's hooks and configuration name.
 */
const runningFolders = new Set([".pi", ".git"]);

module.exports = function gate(pi) {
  /** Calls the host was asked about and that have not ended. */
  const asked = new Set();

  pi.on("tool_call", async (event, ctx) => {
    let answer;
    try {
      // What is asked after an abort never reaches the host.
      if (ctx.signal === undefined || !ctx.signal.aborted) {
        const question = mark + "\\n" + describe(event, ctx.cwd);
        const answering = ctx.ui.select(question, answers, { signal: ctx.signal });
        asked.add(event.toolCallId);
        answer = await answering;
      }
    } catch {
      answer = undefined;
    }
    if (answer === answers[0]) return undefined;
    return {
      block: true,
      reason: answer === answers[1]
        ? "The user declined this tool call. Do not try it again in the same way: go on without it, or ask what to do instead."
        : "This tool call was not allowed to run: nobody answered whether it may.",
    };
  });

  // A call that Pi refuses before it asks (an unknown tool, wrong arguments) did not run: only a gate that is there can say so.
  pi.on("tool_execution_end", (event, ctx) => {
    if (!asked.delete(event.toolCallId)) tell(ctx, { refused: event.toolCallId });
  });

  pi.on("session_start", (_event, ctx) => tell(ctx, { session: ctx.sessionManager.getSessionId() }));
  pi.on("session_shutdown", (_event, ctx) => tell(ctx, { gone: true }));
};

function tell(ctx, fact) {
  ctx.ui.setStatus(mark, JSON.stringify(fact));
}

function describe({ toolCallId, toolName, input }, cwd) {
  const whole = JSON.stringify(input) ?? "null";
  const path = Object.hasOwn(defaultPaths, toolName) ? locate(input, { toolName, cwd }) : undefined;
  const digest = createHash("sha256").update(whole).digest("hex");
  for (const length of [4000, 1000, 200]) {
    const question = JSON.stringify({ toolCallId, toolName, digest, path, input: cut(input, { length, depth: 6 }) });
    if (question.length <= questionLimit) return question;
  }
  return JSON.stringify({ toolCallId, toolName, digest, path, input: {} });
}

/** Long texts and lists are cut, and say so. */
function cut(value, { length, depth }) {
  if (typeof value === "string") {
    return value.length <= length ? value : value.slice(0, length).toWellFormed() + "… (" + (value.length - length) + " more characters)";
  }
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) return "…";
  const inner = { length, depth: depth - 1 };
  if (Array.isArray(value)) return value.slice(0, 40).map((entry) => cut(entry, inner));
  return Object.fromEntries(Object.entries(value).slice(0, 40).map(([key, entry]) => [key.slice(0, 200), cut(entry, inner)]));
}

/** Where a tool will reach; nothing where that is not clear: it is asked about then, and accepted for this one input only. */
function locate(input, { toolName, cwd }) {
  const given = input.path ?? defaultPaths[toolName];
  if (typeof given !== "string" || isShellPath(given)) return undefined;
  const wanted = absolute(given, cwd);
  const resolved = realPath(wanted);
  if (resolved === undefined || (toolName === "read" && hasOtherSpellings(wanted))) return undefined;
  const project = realpathSync(cwd);
  const inside = isInside(resolved, project) && !(changers.has(toolName) && isRunByItself(resolved, project));
  return { resolved, inside };
}

/** On Windows, \`/c/x\` is a drive's path for some versions of Pi, and for others not. */
function isShellPath(given) {
  return sep === "\\\\" && /^@?\\//.test(given);
}

/** As Pi reads a path. */
function absolute(given, cwd) {
  let path = given.replace(/[\\u00a0\\u2000-\\u200a\\u202f\\u205f\\u3000]/g, " ");
  if (path.startsWith("@")) path = path.slice(1);
  if (path === "~") return homedir();
  if (path.startsWith("~/") || (sep === "\\\\" && path.startsWith("~\\\\"))) return join(homedir(), path.slice(2));
  if (path.startsWith("file://")) return fileURLToPath(path);
  return resolve(cwd, path);
}

/** Without links; of a path that does not exist yet, its nearest parent's. A link to nowhere leads nobody knows where. */
function realPath(path) {
  try {
    return realpathSync(path);
  } catch (error) {
    if (error.code !== "ENOENT" || isThere(path) || dirname(path) === path) return undefined;
    const parent = realPath(dirname(path));
    return parent === undefined ? undefined : join(parent, basename(path));
  }
}

function isThere(path) {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Pi looks for a file that is missing under other spellings of its name, which may be another file, or a link. */
function hasOtherSpellings(path) {
  try {
    accessSync(path);
    return false;
  } catch {
    return path.normalize("NFD") !== path || path.includes("'") || / (?:AM|PM)\\./i.test(path);
  }
}

/** However a name is spelt: some file systems know no case, and some drop what stands behind. */
function isRunByItself(path, project) {
  return ownPlaces(project).some((place) => isInside(path, place)) || relative(project, path).split(sep).some((part) => runningFolders.has(part.toLowerCase().replace(/[. ]+$|:.*$/gu, "")));
}

/** This file, which is read again whenever Pi takes up a session, and Pi's own folder, where they lie in the project. */
function ownPlaces(project) {
  return [__filename, process.env.PI_CODING_AGENT_DIR]
    .map((place) => (place ? realPath(absolute(place, project)) : undefined))
    .filter((place) => place !== undefined && place !== project && isInside(place, project));
}

function isInside(path, folder) {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(".." + sep) && !isAbsolute(way);
}
`;
