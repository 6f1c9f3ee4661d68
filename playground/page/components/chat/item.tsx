import type { ComponentChildren } from "preact";
import type { CompactionItem, ReasoningItem, TranscriptItem } from "../../../../src/app/transcript.js";
import { GrowingMarkdown } from "../../markdown/growing-markdown.js";
import { Icon } from "../icon.js";
import { memo } from "../memo.js";
import { Banner } from "../shell/banner.js";
import { tokens } from "../words.js";
import { QuestionCard } from "./question-card.js";
import { RequestCard } from "./request-card.js";
import { ToolRow } from "./tool-row.js";

/** One item of a turn, or between turns. `live`: what it asks can still be answered. */
export const Item = memo(({ item, live }: { readonly item: TranscriptItem; readonly live: boolean }): ComponentChildren => {
  switch (item.type) {
    case "assistant-message":
      return (
        <article class="assistant" aria-label="Answer">
          <GrowingMarkdown text={item.text} />
        </article>
      );
    case "reasoning":
      return item.text === "" ? null : <Reasoning item={item} />;
    case "tool":
      return <ToolRow item={item} />;
    case "compaction":
      return <Compaction item={item} />;
    case "request":
      return <RequestCard item={item} live={live} />;
    case "question":
      return <QuestionCard item={item} live={live} />;
    case "notice":
      return <Banner tone={item.severity}>{item.message}</Banner>;
  }
});

function Reasoning({ item }: { readonly item: ReasoningItem }): ComponentChildren {
  return (
    <details class="reasoning fold">
      <summary>
        <Icon name="thought" />
        <span>{item.streaming ? "Thinking…" : "Thought"}</span>
        <Icon name="chevron" />
      </summary>
      <div class="fold-body">
        <GrowingMarkdown text={item.text} />
      </div>
    </details>
  );
}

function Compaction({ item }: { readonly item: CompactionItem }): ComponentChildren {
  const { tokensBefore, tokensAfter } = (typeof item.detail === "object" && item.detail !== null ? item.detail : {}) as { readonly tokensBefore?: unknown; readonly tokensAfter?: unknown };
  return (
    <p class="divider">
      <span>
        <Icon name="compress" />
        {item.status === "inProgress" ? "Shortening the conversation…" : "The conversation was shortened"}
        {typeof tokensBefore === "number" && ` (${tokens(tokensBefore)}${typeof tokensAfter === "number" ? ` → ${tokens(tokensAfter)}` : ""} tokens)`}
      </span>
    </p>
  );
}
