import type { ComponentChildren } from "preact";
import { itemsOf, type TranscriptTurn } from "../../../../src/app/transcript.js";
import type { PlacedMessage } from "../../state/thread-view.js";
import { memo } from "../memo.js";
import { Banner } from "../shell/banner.js";
import { Item } from "./item.js";
import { TurnFooter } from "./turn-footer.js";
import { UserMessage } from "./user-message.js";

export interface TurnProps {
  readonly turn: TranscriptTurn;
  readonly messages: readonly PlacedMessage[];
  readonly latest: boolean;
}

/** One turn: what began it, what came of it, what steered it, how it ended. */
export const Turn = memo(({ turn, messages, latest }: TurnProps): ComponentChildren => {
  const isRunning = turn.state === "running";
  const rows: ComponentChildren[] = [];
  let next = 0;
  const messagesUpTo = (items: number): void => {
    for (let placed = messages[next]; placed !== undefined && placed.afterItems <= items; placed = messages[next]) {
      rows.push(<UserMessage key={placed.message.messageId} text={placed.message.text} steers={placed.message.steers} />);
      next += 1;
    }
  };
  const items = itemsOf(turn);
  for (const [index, item] of items.entries()) {
    messagesUpTo(index);
    rows.push(<Item key={item.id} item={item} live={isRunning} />);
  }
  messagesUpTo(Number.POSITIVE_INFINITY);
  const isTold = items.some((item) => item.type === "notice" && item.severity === "error" && item.message === turn.errorMessage);
  return (
    <div class={latest ? "turn latest" : "turn"} role="group" aria-label="Turn" aria-busy={isRunning}>
      <h2 class="visually-hidden">{messages[0] === undefined ? "Unasked" : headline(messages[0].message.text)}</h2>
      {rows}
      {turn.state === "failed" && !isTold && <Banner tone="error">{turn.errorMessage ?? "The turn failed."}</Banner>}
      <TurnFooter turn={turn} />
    </div>
  );
});

/** For who goes through a thread by its headings. */
function headline(text: string): string {
  const [line = ""] = text.trim().split("\n");
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
