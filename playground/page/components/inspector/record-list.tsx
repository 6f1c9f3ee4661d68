import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { InspectorRow } from "../../state/inspector-log.js";
import { moved } from "../picker/moved.js";
import { clockTime } from "../words.js";

export interface RecordListProps {
  readonly rows: readonly InspectorRow[];
  readonly dropped: number;
  readonly selected: number | undefined;
  readonly select: (seq: number) => void;
}

/** As in the style sheet. */
const rowHeight = 28;
const margin = 10;

/** A listbox of which only what is in sight is drawn, however long it is. It stays at its end while the reader is there. */
export function RecordList({ rows, dropped, selected, select }: RecordListProps): ComponentChildren {
  const viewport = useRef<HTMLDivElement>(null);
  const runway = useRef<HTMLDivElement>(null);
  const range = useSignal({ first: 0, last: 60 });
  const atEnd = useRef(true);
  const id = useId();

  const measure = (): void => {
    const view = viewport.current;
    if (view === null) return;
    atEnd.current = view.scrollHeight - view.clientHeight - view.scrollTop < rowHeight;
    const first = Math.max(0, Math.floor(view.scrollTop / rowHeight) - margin);
    const last = Math.ceil((view.scrollTop + view.clientHeight) / rowHeight) + margin;
    if (first !== range.peek().first || last !== range.peek().last) range.value = { first, last };
  };
  useLayoutEffect(() => {
    const follow = atEnd.current;
    // Sizes are set on the elements: the page's policy allows no style in markup.
    runway.current?.style.setProperty("height", `${rows.length * rowHeight}px`);
    if (follow && viewport.current !== null) viewport.current.scrollTop = viewport.current.scrollHeight;
    measure();
  }, [rows]);
  // What is looked at stays in sight when its content takes half of the room.
  useEffect(() => {
    const index = rows.findIndex(({ seq }) => seq === selected);
    if (index !== -1) reveal(viewport.current, index);
  }, [selected]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    if (viewport.current !== null) observer.observe(viewport.current);
    return () => observer.disconnect();
  }, []);

  const onKey = (event: KeyboardEvent): void => {
    const at = rows.findIndex(({ seq }) => seq === selected);
    const to = event.key === "Home" ? 0 : event.key === "End" ? rows.length - 1 : moved({ key: event.key, at, size: rows.length });
    const row = to === undefined ? undefined : rows[Math.max(0, to)];
    if (to === undefined || row === undefined) return;
    event.preventDefault();
    select(row.seq);
  };
  const onClick = ({ target }: Event): void => {
    const seq = target instanceof Element ? target.closest("[data-seq]")?.getAttribute("data-seq") : undefined;
    if (typeof seq === "string") select(Number(seq));
  };
  const { first, last } = range.value;
  const isShown = rows.slice(first, last).some(({ seq }) => seq === selected);
  return (
    <div class="records" ref={viewport} onScroll={measure}>
      {dropped > 0 && <p class="visually-hidden">{dropped} older records are no longer kept.</p>}
      <div
        class="records-runway"
        ref={runway}
        role="listbox"
        tabIndex={0}
        aria-label="Records"
        aria-activedescendant={isShown ? `${id}-${selected}` : undefined}
        onKeyDown={onKey}
        onClick={onClick}
      >
        {rows.slice(first, last).map((row, index) => (
          <Row key={row.seq} id={`${id}-${row.seq}`} row={row} index={first + index} size={rows.length} isSelected={row.seq === selected} />
        ))}
      </div>
    </div>
  );
}

function reveal(view: HTMLDivElement | null, index: number): void {
  if (view === null) return;
  const top = index * rowHeight;
  if (top < view.scrollTop) view.scrollTop = top;
  else if (top + rowHeight > view.scrollTop + view.clientHeight) view.scrollTop = top + rowHeight - view.clientHeight;
}

interface RowProps {
  readonly id: string;
  readonly row: InspectorRow;
  readonly index: number;
  readonly size: number;
  readonly isSelected: boolean;
}

const directions = { event: "Event", "to-agent": "To the agent", "from-agent": "From the agent" } as const;
const signs = { event: "●", "to-agent": "→", "from-agent": "←" } as const;

function Row({ id, row, index, size, isSelected }: RowProps): ComponentChildren {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => element.current?.style.setProperty("transform", `translateY(${index * rowHeight}px)`), [index]);
  return (
    <div ref={element} id={id} role="option" tabIndex={-1} aria-selected={isSelected} aria-posinset={index + 1} aria-setsize={size} class={`record ${row.kind}`} data-seq={row.seq}>
      <time>{clockTime(row.at)}</time>
      <span class="record-sign" role="img" aria-label={directions[row.kind]} title={directions[row.kind]}>
        {signs[row.kind]}
      </span>
      <span class="record-label cut">{row.label}</span>
      {row.count > 1 && <span class="badge">×{row.count}</span>}
      {row.latencyMs !== undefined && <span class="record-latency">{row.latencyMs < 1 ? "<1" : Math.round(row.latencyMs)} ms</span>}
    </div>
  );
}
