import type { ComponentChildren } from "preact";

export interface JsonTreeProps {
  readonly value: unknown;
  readonly name?: string;
  readonly depth?: number;
}

const openTo = 3;
/** Of a list this long the rest is counted, not drawn. */
const entryLimit = 200;

/** JSON as a tree that opens and folds, by the browser's own means. */
export function JsonTree({ value, name, depth = 0 }: JsonTreeProps): ComponentChildren {
  const label = name === undefined ? null : <span class="json-name">{name}: </span>;
  if (typeof value !== "object" || value === null) {
    return (
      <div class="json-leaf">
        {label}
        <span class={`json-${value === null ? "null" : typeof value}`}>{JSON.stringify(value)}</span>
      </div>
    );
  }
  const entries = Object.entries(value);
  const brackets = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) {
    return (
      <div class="json-leaf">
        {label}
        {brackets.join("")}
      </div>
    );
  }
  return (
    <details class="json-node" open={depth < openTo}>
      <summary>
        {label}
        {brackets[0]} <span class="json-count">{entries.length}</span> {brackets[1]}
      </summary>
      {entries.slice(0, entryLimit).map(([key, entry]) => (
        <JsonTree key={key} name={key} value={entry} depth={depth + 1} />
      ))}
      {entries.length > entryLimit && <div class="json-leaf">… {entries.length - entryLimit} more</div>}
    </details>
  );
}
