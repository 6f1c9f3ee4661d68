import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { chatRows, type ChatRow } from "../../state/thread-view.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { Guard } from "../shell/guard.js";
import { PassingNotices } from "../shell/passing-notices.js";
import { EmptyThread } from "./empty-thread.js";
import { Item } from "./item.js";
import { Turn } from "./turn.js";
import { useFollow } from "./use-follow.js";
import { UserMessage } from "./user-message.js";

/** How many rows are drawn at first, and how many more each time. */
const step = 30;

/** A thread, from its oldest shown turn to its end. */
export function Chat(): ComponentChildren {
  const playground = usePlayground();
  const threadId = playground.threadId.value;
  const view = playground.view.value;
  const limit = useSignal(step);
  useEffect(() => void (limit.value = step), [threadId]);
  const rows = view === undefined ? [] : chatRows(view);
  const fromEnd = useRef<number | undefined>(undefined);
  const showEarlier = (): void => {
    const view = viewport.current;
    if (view !== null) fromEnd.current = view.scrollHeight - view.scrollTop;
    following.value = false;
    limit.value += step;
  };
  // What comes above must not move what is read; at the very top the browser does not see to it.
  useLayoutEffect(() => {
    const view = viewport.current;
    if (view !== null && fromEnd.current !== undefined) view.scrollTop = view.scrollHeight - fromEnd.current;
    fromEnd.current = undefined;
  }, [limit.value]);
  const shown = rows.slice(-limit.value);
  const hidden = rows.length - shown.length;
  const isSending = playground.sending.value?.threadId === threadId && playground.sending.value !== undefined;
  const isEmpty = rows.length === 0 && !isSending;
  const { viewport, content, following, jump } = useFollow({ subject: threadId, isEmpty });
  // Who writes wants to see what comes of it.
  useEffect(() => void (isSending && jump()), [isSending]);
  return (
    <div class="chat">
      {/* A scrolled region is reached by the keyboard. */}
      <div class="chat-scroll" ref={viewport} tabIndex={0} role="region" aria-label="Conversation">
        <div class="chat-content" ref={content}>
          {hidden === 0 && (view?.truncated === true || (view?.transcript.dropped.turns ?? 0) > 0) && <p class="hint centred">Earlier turns are not kept here.</p>}
          {hidden > 0 && (
            <button type="button" class="quiet centred" onClick={showEarlier}>
              Show earlier ({hidden})
            </button>
          )}
          {shown.map((row) => (
            <Guard key={row.key} subject="This turn">
              <Row row={row} latest={row === shown.at(-1)} />
            </Guard>
          ))}
          <Pending />
          {isEmpty && <EmptyThread />}
        </div>
      </div>
      <PassingNotices />
      {!following.value && !isEmpty && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="down" />
          <span>Jump to latest</span>
        </button>
      )}
    </div>
  );
}

function Row({ row, latest }: { readonly row: ChatRow; readonly latest: boolean }): ComponentChildren {
  switch (row.type) {
    case "turn":
      return <Turn turn={row.turn} messages={row.messages} latest={latest} />;
    case "aside":
      return <Item item={row.item} live={row.item.completedAt === undefined} />;
    case "waiting":
      return <UserMessage text={row.message.text} steers={row.message.steers} />;
  }
}

/** What was sent and has not come back yet. */
function Pending(): ComponentChildren {
  const playground = usePlayground();
  const pending = useComputed(() => {
    const sending = playground.sending.value;
    const isHere = sending !== undefined && sending.threadId === playground.threadId.value;
    return isHere && (playground.view.value?.messageCount ?? 0) <= sending.messagesBefore ? sending.text : undefined;
  });
  return pending.value === undefined ? null : <UserMessage text={pending.value} steers={false} pending />;
}
