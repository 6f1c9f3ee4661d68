import { join } from "node:path";
import * as v from "valibot";
import type { DialectSessionFiles } from "../../ports/agent-dialect.js";
import { agentFolder, withHome } from "./agent-folder.js";
import { parseJson } from "./parse-json.js";

const sessionDirVariable = "PI_CODING_AGENT_SESSION_DIR";

const header = v.object({ type: v.literal("session"), id: v.string(), cwd: v.string() });
const settings = v.object({ sessionDir: v.pipe(v.string(), v.minLength(1)) });

/**
 * Pi keeps one JSONL file a session, in one folder per working directory; the first line is a header. Where all of that lies, the
 * environment decides before the user's settings, and these before the agent folder.
 */
export const piSessionFiles: DialectSessionFiles = {
  folder: (place) => place.environment[sessionDirVariable] ?? join(agentFolder(place), "sessions"),
  setting: (place) => {
    if (place.environment[sessionDirVariable] !== undefined) return undefined;
    return {
      file: join(agentFolder(place), "settings.json"),
      folderIn: (text) => {
        const read = v.safeParse(settings, parseJson(text));
        return read.success ? withHome({ path: read.output.sessionDir, environment: place.environment }) : undefined;
      },
    };
  },
  readHeader: (line) => {
    const read = v.safeParse(header, parseJson(line));
    return read.success ? { sessionId: read.output.id, cwd: read.output.cwd } : undefined;
  },
};
