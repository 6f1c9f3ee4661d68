import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { ScenarioBar } from "./scenario-bar.js";
import { Working } from "./turn-footer.js";
import { useObstacle } from "./use-obstacle.js";

export function Composer(): ComponentChildren {
  const playground = usePlayground();
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const isRunning = playground.isRunning.value;
  const obstacle = useObstacle();
  const canSend = obstacle === undefined && playground.text.value.trim() !== "";
  const threadId = playground.threadId.value;
  useEffect(() => field.current?.focus({ preventScroll: true }), [threadId]);

  const send = async (): Promise<void> => {
    const text = playground.text.value;
    if (!canSend) return;
    playground.text.value = "";
    field.current?.focus();
    const taken = await playground.send(text);
    // What was not taken must not have to be typed again.
    if (!taken && playground.text.value === "") playground.text.value = text;
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form
      class="composer"
      aria-label="Composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="composer-box">
        <label class="visually-hidden" for={id}>
          Message
        </label>
        <textarea
          ref={field}
          id={id}
          rows={2}
          placeholder={isRunning ? "Steer the agent while it works" : "Write a message"}
          aria-describedby={`${id}-status`}
          value={playground.text.value}
          onInput={(event) => (playground.text.value = event.currentTarget.value)}
          onKeyDown={onKey}
        />
        <div class="composer-row">
          <ScenarioBar />
          <div class="composer-buttons">
            {isRunning && <StopButton />}
            <button type="submit" class="primary" aria-disabled={!canSend} aria-describedby={`${id}-status`}>
              <Icon name="send" />
              <span>{isRunning ? "Steer" : "Send"}</span>
            </button>
          </div>
        </div>
      </div>
      <p id={`${id}-status`} class="composer-status">
        <span>{obstacle ?? (isRunning ? "Enter steers · Esc stops" : "Enter sends · Shift+Enter for a new line")}</span>
        {isRunning && <Working />}
      </p>
    </form>
  );
}

/** Stops the turn; Escape does so, too, wherever nothing nearer takes it. */
function StopButton(): ComponentChildren {
  const playground = usePlayground();
  const stopping = useSignal(false);
  const threadId = playground.threadId.value;
  const stop = (): void => {
    if (threadId === undefined || stopping.value) return;
    stopping.value = true;
    void playground.run({ type: "interrupt", threadId }).then(({ ok }) => !ok && (stopping.value = false));
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented && document.querySelector("dialog[open]") === null) stop();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [threadId]);
  return (
    <button type="button" class="secondary stop" aria-disabled={stopping.value} onClick={stop}>
      <Icon name="stop" />
      <span>{stopping.value ? "Stopping…" : "Stop"}</span>
    </button>
  );
}
