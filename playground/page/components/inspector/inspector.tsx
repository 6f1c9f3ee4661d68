import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { emptyLog } from "../../state/inspector-log.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { RecordDetail } from "./record-detail.js";
import { RecordList } from "./record-list.js";
import { matching, type RecordKind } from "./record-filter.js";
import { Rules } from "./rules.js";

const kinds: readonly { readonly kind: RecordKind; readonly label: string }[] = [
  { kind: "all", label: "All" },
  { kind: "event", label: "Events" },
  { kind: "native", label: "Native" },
];

/** What crosses the wires beneath the chat: the provider's events, the agent's own records, and the rules that every stream must obey. */
export function Inspector(): ComponentChildren {
  const playground = usePlayground();
  const kind = useSignal<RecordKind>("all");
  const words = useSignal("");
  const selected = useSignal<number | undefined>(undefined);
  const log = useComputed(() => playground.world.value.logs.get(playground.threadId.value ?? "") ?? emptyLog);
  const rows = useComputed(() => matching({ rows: log.value.rows, kind: kind.value, words: words.value }));
  if (!playground.inspecting.value) return null;
  const row = rows.value.find(({ seq }) => seq === selected.value);
  return (
    <aside class="inspector" aria-label="Inspector">
      <div class="inspector-head">
        <h2>Inspector</h2>
        <button type="button" class="quiet icon-only inspector-close" aria-label="Close the inspector" onClick={() => playground.inspect(false)}>
          <Icon name="close" />
        </button>
      </div>
      <Rules />
      <div class="inspector-filter">
        <div class="segments" role="group" aria-label="Kind of record">
          {kinds.map((entry) => (
            <button key={entry.kind} type="button" aria-pressed={kind.value === entry.kind} onClick={() => (kind.value = entry.kind)}>
              {entry.label}
            </button>
          ))}
        </div>
        <input type="search" aria-label="Filter records" placeholder="Filter" value={words.value} onInput={(event) => (words.value = event.currentTarget.value)} />
      </div>
      {rows.value.length === 0 ? (
        <p class="hint inspector-empty">{log.value.rows.length === 0 ? "Nothing has been recorded in this thread since the inspector was opened or the page was loaded." : "No record matches."}</p>
      ) : (
        <RecordList rows={rows.value} dropped={log.value.dropped} selected={selected.value} select={(seq) => (selected.value = seq)} />
      )}
      {row !== undefined && <RecordDetail row={row} close={() => (selected.value = undefined)} />}
    </aside>
  );
}
