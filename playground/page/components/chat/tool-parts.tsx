import type { ComponentChildren } from "preact";
import { Scroller } from "../shell/scroller.js";

/** What a tool is given or has given, in its own words. */
export function Part({ label, text }: { readonly label: string; readonly text: string }): ComponentChildren {
  return (
    <div class="tool-part">
      <span class="part-label">{label}</span>
      <Scroller tag="pre" label={label}>
        {text}
      </Scroller>
    </div>
  );
}

/** What a tool changes in a text. */
export function Change({ lines }: { readonly lines: readonly string[] }): ComponentChildren {
  return (
    <div class="tool-part">
      <span class="part-label">Change</span>
      <Scroller tag="pre" class="diff" label="Change">
        {lines.map((line, index) => (
          <span key={index} class={line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : undefined}>
            {line}
            {"\n"}
          </span>
        ))}
      </Scroller>
    </div>
  );
}
