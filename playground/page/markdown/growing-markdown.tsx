import { Component, type ComponentChildren } from "preact";
import { memo } from "../components/memo.js";
import { Block } from "./block.js";
import { emptySplit, splitBlocks, type MarkdownBlock } from "./split-blocks.js";

interface GrowingMarkdownProps {
  readonly text: string;
}

/** In milliseconds; a drawing that takes no longer needs no pause. */
const cheap = 6;
/** How many times as long as a costly drawing the pause after it is. */
const share = 4;

/**
 * A Markdown text that may still grow. The page draws at most once per frame, so the growing block is read at most once per frame; settled
 * blocks keep their tokens, and with them their elements and whatever a reader has selected in them. A block that has become costly, a
 * table of thousands of rows, is drawn less often, so that most of the time is left for a click.
 */
export class GrowingMarkdown extends Component<GrowingMarkdownProps> {
  #split = emptySplit;
  #begun = 0;
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override shouldComponentUpdate({ text }: GrowingMarkdownProps): boolean {
    if (text === this.props.text) return false;
    const now = performance.now();
    if (now >= this.#notBefore) {
      this.#begun = now;
      return true;
    }
    this.#timer ??= setTimeout(() => this.#drawLatest(), this.#notBefore - now);
    return false;
  }

  override componentDidUpdate(): void {
    const now = performance.now();
    const cost = now - this.#begun;
    this.#notBefore = cost <= cheap ? 0 : now + cost * share;
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#timer);
  }

  override render(): ComponentChildren {
    this.#split = splitBlocks(this.#split, this.props.text);
    const { settled, open } = this.#split;
    return (
      <div class="markdown">
        {[...settled, ...open].map((block) => (
          <KnownBlock key={block.offset} block={block} />
        ))}
      </div>
    );
  }

  #drawLatest(): void {
    this.#timer = undefined;
    this.#begun = performance.now();
    this.forceUpdate();
  }
}

const KnownBlock = memo(({ block }: { readonly block: MarkdownBlock }) => <Block token={block.token} />);
