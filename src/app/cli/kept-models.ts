import type { CustomModelEntry } from "../../ports/custom-model-store.js";
import { ProviderError } from "../../ports/errors.js";
import type { Provider } from "../provider-facade.js";
import { atCommandLine } from "./custom-models-errors.js";
import type { Output } from "./output.js";
import { safeText } from "./safe-text.js";

interface Kept {
  readonly provider: Provider;
  /** Nothing is kept where there is none. */
  readonly file: string | undefined;
}

/** What the file of custom models holds, for whoever can go on without it. */
export type KeptModels = { readonly file: string; readonly models: readonly CustomModelEntry[] } | { readonly file: string; readonly problem: string };

export async function keptModels({ provider, file }: Kept): Promise<KeptModels | undefined> {
  if (file === undefined) return undefined;
  try {
    return { file, models: await provider.customModels.list() };
  } catch (error) {
    const told = atCommandLine(error, { file });
    if (ProviderError.is(told) && told.code === "custom-models-unreadable") return { file, problem: told.message };
    throw told;
  }
}

/** Says so where custom models are missing because their file cannot be read. */
export async function warnOfUnreadable({ err, ...kept }: Kept & { readonly err: Output }): Promise<void> {
  const found = await keptModels(kept);
  if (found !== undefined && "problem" in found) await err.write(`warning: ${safeText(found.problem)}\n`);
}
