import type { ComponentChildren } from "preact";
import type { TranscriptTurn } from "../../../../src/app/transcript.js";
import { usePlayground } from "../playground-context.js";
import { cost, duration, tokens } from "../words.js";

const working = (
  <span class="working">
    <span class="pulse" aria-hidden="true" />
    Working
  </span>
);

/** For the composer, which never moves. */
export function Working(): ComponentChildren {
  const latest = usePlayground().view.value?.transcript.latest;
  return (
    <span class="facts">
      {working}
      {latest?.model !== undefined && <span>{latest.model}</span>}
      {hasLevel(latest) && <span>level {latest.effort}</span>}
    </span>
  );
}

/** What a model is at that offers no level, or that was told not to think, is not worth a word. */
function hasLevel(turn: TranscriptTurn | undefined): turn is TranscriptTurn & { readonly effort: string } {
  return turn?.effort !== undefined && turn.effort !== "off";
}

const ends = { completed: "", interrupted: "Stopped", cancelled: "Cancelled", failed: "Failed" } as const;

/**
 * What the turn ran with and what it took. The place is kept free for it, so that its end moves nothing; while text comes nothing stands
 * there, because it would wander down with the text.
 */
export function TurnFooter({ turn }: { readonly turn: TranscriptTurn }): ComponentChildren {
  const { state, model, usage, costUsd, startedAt, completedAt, items } = turn;
  if (state === "running") return items.size === 0 ? <div class="turn-footer">{working}</div> : null;
  return (
    <div class="turn-footer">
      {ends[state] !== "" && <span class={`end ${state}`}>{ends[state]}</span>}
      {model !== undefined && <span>{model}</span>}
      {hasLevel(turn) && <span>level {turn.effort}</span>}
      {usage !== undefined && (
        <span title={`${tokens(usage.cachedInputTokens)} read from the cache, ${tokens(usage.cacheWriteTokens)} written to it`}>
          {tokens(usage.inputTokens)} in · {tokens(usage.outputTokens)} out
        </span>
      )}
      {costUsd !== undefined && <span>{cost(costUsd)}</span>}
      {completedAt !== undefined && <span>{duration(startedAt, completedAt)}</span>}
    </div>
  );
}
