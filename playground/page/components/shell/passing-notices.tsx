import type { ComponentChildren } from "preact";
import { usePlayground } from "../playground-context.js";
import { Banner } from "./banner.js";

/** What comes and goes: it lies over the conversation, so that nothing is moved by it. */
export function PassingNotices(): ComponentChildren {
  const playground = usePlayground();
  const error = playground.error.value;
  return (
    <div class="passing-notices">
      <ConnectionNotice />
      {error !== undefined && (
        <Banner tone="error" urgent onDismiss={() => (playground.error.value = undefined)}>
          {error.detail}
          {error.nextStep !== undefined && <span class="next-step"> {error.nextStep}</span>}
        </Banner>
      )}
    </div>
  );
}

/** Says so when the page does not hear from its host. */
function ConnectionNotice(): ComponentChildren {
  const playground = usePlayground();
  const connection = playground.connection.value;
  if (connection.status === "refused") {
    return (
      <Banner tone="error" urgent>
        <p>
          <strong>This page's secret is not the host's.</strong> The host was started anew since.
        </p>
        <p>Open the address that the host printed in its terminal.</p>
      </Banner>
    );
  }
  if (connection.status !== "waiting") return null;
  return (
    <div class="delayed">
      <Banner tone="warning" urgent={connection.attempt === 2}>
        <strong>Reconnecting…</strong> {connection.attempt > 2 ? "The playground's host does not answer. Is it still running in its terminal?" : "Nothing is lost; the page goes on where it was."}
      </Banner>
    </div>
  );
}
