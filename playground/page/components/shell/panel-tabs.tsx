import type { ComponentChildren } from "preact";
import type { Panel } from "../../state/playground.js";
import { usePlayground } from "../playground-context.js";

const panels: readonly { readonly panel: Panel; readonly label: string }[] = [
  { panel: "threads", label: "Threads" },
  { panel: "chat", label: "Chat" },
  { panel: "inspector", label: "Inspector" },
];

/** On a narrow screen one panel has the whole of it. */
export function PanelTabs(): ComponentChildren {
  const playground = usePlayground();
  const show = (panel: Panel): void => {
    playground.panel.value = panel;
    if (panel === "inspector" && !playground.inspecting.value) playground.inspect(true);
  };
  return (
    <nav class="panel-tabs" aria-label="Panels">
      {panels.map(({ panel, label }) => (
        <button key={panel} type="button" aria-current={playground.panel.value === panel ? "page" : undefined} onClick={() => show(panel)}>
          {label}
        </button>
      ))}
    </nav>
  );
}
