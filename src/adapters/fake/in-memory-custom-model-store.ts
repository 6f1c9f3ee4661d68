import type { CustomModelEntry, CustomModelRead, CustomModelStore } from "../../ports/custom-model-store.js";
import { unreadableCustomModels } from "../custom-model-store-errors.js";

/** Custom models in memory. Given something `unreadable` it behaves as a store whose content is not ours. */
export class InMemoryCustomModelStore implements CustomModelStore {
  #content: CustomModelRead;

  constructor(content: CustomModelRead = { type: "entries", entries: [] }) {
    this.#content = content;
  }

  async read(): Promise<CustomModelRead> {
    return this.#content;
  }

  async update(change: (entries: readonly CustomModelEntry[]) => readonly CustomModelEntry[]): Promise<readonly CustomModelEntry[]> {
    if (this.#content.type === "unreadable") throw unreadableCustomModels(this.#content.detail);
    const entries = change(this.#content.entries);
    this.#content = { type: "entries", entries };
    return entries;
  }

  async setAside(): Promise<string | undefined> {
    if (this.#content.type === "entries") return undefined;
    this.#content = { type: "entries", entries: [] };
    return "custom-models.unreadable";
  }
}
