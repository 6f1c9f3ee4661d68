import type { ComponentChildren } from "preact";
import { isLookedFor } from "../../state/selections.js";
import { usePlayground } from "../playground-context.js";
import { Banner } from "./banner.js";

/** What a person should know of their selection, as long as it is so. */
export function Notices(): ComponentChildren {
  const playground = usePlayground();
  const { instance } = playground.choices.picker.value;
  const notices = playground.choices.notices.value;
  const isUnusable = instance !== undefined && !instance.state.selectable && !isLookedFor(instance);
  // A thread that has not begun says it itself, with what to do.
  if (notices.length === 0 || (isUnusable && playground.view.value === undefined)) return null;
  return (
    <div class="notices">
      {notices.map((message) => (
        <Banner key={message} tone={isUnusable ? "warning" : "info"}>
          {message}
        </Banner>
      ))}
      {isUnusable && (
        <div class="buttons">
          <button type="button" class="secondary" onClick={() => (playground.settingsOf.value = instance.instanceId)}>
            Open settings
          </button>
        </div>
      )}
    </div>
  );
}
