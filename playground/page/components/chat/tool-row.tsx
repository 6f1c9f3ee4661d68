import type { ComponentChildren } from "preact";
import type { ToolItem } from "../../../../src/app/transcript.js";
import { Icon, type IconName } from "../icon.js";
import { Change, Part } from "./tool-parts.js";
import { toolContent } from "./tool-content.js";

const icons: Readonly<Record<ToolItem["itemType"], IconName>> = {
  command_execution: "terminal",
  file_change: "file",
  web_search: "globe",
  image_view: "image",
  mcp_tool_call: "tool",
  dynamic_tool_call: "tool",
};

const states = { inProgress: "Running", completed: "Done", failed: "Failed", declined: "Declined" } as const;

/** A tool as one line: what it is, what it was given, how it stands. Opened, it shows all that it was given and all that came of it. */
export function ToolRow({ item }: { readonly item: ToolItem }): ComponentChildren {
  const { preview, input, output, diff } = toolContent(item);
  const hasMore = input !== undefined || output !== undefined || diff !== undefined;
  return (
    <details class={`tool fold ${item.status}`}>
      <summary>
        <Icon name={icons[item.itemType]} />
        <span class="tool-title">{item.title ?? "Tool"}</span>
        <code class="tool-preview cut">{preview}</code>
        <span class={`tool-state ${item.status}`}>
          {item.status === "inProgress" ? <span class="pulse" aria-hidden="true" /> : <Icon name={item.status === "completed" ? "check" : "alert"} />}
          <span>{states[item.status]}</span>
        </span>
        <Icon name="chevron" />
      </summary>
      <div class="fold-body">
        {diff !== undefined && <Change lines={diff} />}
        {diff === undefined && input !== undefined && <Part label="Input" text={input} />}
        {output !== undefined && <Part label="Output" text={output} />}
        {!hasMore && <p class="hint">Nothing more is known of it{item.status === "inProgress" ? " yet" : ""}.</p>}
      </div>
    </details>
  );
}
