export type Speaker = "user" | "assistant";

export interface StoryLine {
  /** Never given twice, also not after a rewind. */
  readonly at: string;
  readonly by: Speaker;
  readonly text: string;
}

/** What was said so far. */
export class EchoStory {
  #lines: readonly StoryLine[] = [];
  #linesEver = 0;

  get lines(): readonly StoryLine[] {
    return this.#lines;
  }

  linesBy(speaker: Speaker): readonly StoryLine[] {
    return this.#lines.filter(({ by }) => by === speaker);
  }

  wordsBy(speaker: Speaker): number {
    return this.linesBy(speaker).reduce((words, { text }) => words + text.split(/\s+/).length, 0);
  }

  add(by: Speaker, text: string): void {
    this.#linesEver += 1;
    this.#lines = [...this.#lines, { at: `line-${this.#linesEver}`, by, text }];
  }

  /** Forgets this line of the user and all that came after it; `false` when there is no such line. */
  rewind(at: string): boolean {
    const line = this.#lines.findIndex((candidate) => candidate.at === at && candidate.by === "user");
    if (line === -1) return false;
    this.#lines = this.#lines.slice(0, line);
    return true;
  }
}
