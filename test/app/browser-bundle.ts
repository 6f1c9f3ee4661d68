import { dirname, join, resolve } from "node:path";
import { build, type Rolldown } from "vite";

/** An entry of the package as a browser gets it: bundled. */
export class BrowserBundle {
  readonly root = resolve(import.meta.dirname, "../..");
  /** Its first file, and the folder of the others. */
  readonly entry: string;
  readonly home: string;
  readonly #name: string;

  constructor(name: "picker" | "transcript") {
    this.#name = name;
    this.entry = join(this.root, `src/app/${name}.ts`);
    this.home = join(this.root, `src/domain/${name}`);
  }

  /** One minified script that leaves the entry's exports under its name; `planted` stands before its first line. */
  async build(planted = ""): Promise<Rolldown.OutputChunk> {
    const { entry, root } = this;
    const outputs = await build({
      configFile: false,
      logLevel: "silent",
      root,
      plugins: [{ name: "planted", transform: (code, id) => (id === entry ? `${planted}\n${code}` : undefined) }],
      build: { write: false, minify: true, target: "es2023", lib: { entry, formats: ["iife"], name: this.#name } },
    });
    const [output] = Array.isArray(outputs) ? outputs : [outputs];
    if (output === undefined || !("output" in output)) throw new Error("Nothing was built.");
    const [chunk, ...others] = output.output;
    if (others.length > 0) throw new Error("More than one file was built.");
    return chunk;
  }

  /** The files of a bundle that are not the entry's own. */
  strangersIn(chunk: Rolldown.OutputChunk): readonly string[] {
    return [...chunk.moduleIds.filter((id) => id !== this.entry && dirname(id) !== this.home), ...chunk.imports, ...chunk.dynamicImports];
  }
}
