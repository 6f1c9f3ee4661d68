import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ThreadRow } from "../../../shared/protocol.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { Brand } from "./brand.js";

export function ThreadList(): ComponentChildren {
  const playground = usePlayground();
  const threads = useComputed(() => playground.world.value.threads);
  const instances = playground.choices.picker.value.instances;
  return (
    <nav class="threads" aria-label="Threads">
      <Brand />
      <button type="button" class="secondary new-thread" onClick={() => playground.openThread(undefined)}>
        <Icon name="plus" />
        <span>New thread</span>
      </button>
      <h2 class="section-label">Threads</h2>
      {threads.value.length === 0 && <p class="hint">No threads yet. The first message begins one.</p>}
      <ul class="thread-rows">
        {threads.value.map((thread) => (
          <Row key={thread.threadId} thread={thread} provider={instances.find(({ instanceId }) => instanceId === thread.instanceId)?.label} />
        ))}
      </ul>
      <button type="button" class="quiet threads-settings" onClick={() => (playground.settingsOf.value = playground.choices.picker.value.instance?.instanceId ?? instances[0]?.instanceId)}>
        <Icon name="settings" />
        <span>Settings</span>
      </button>
    </nav>
  );
}

function Row({ thread, provider }: { readonly thread: ThreadRow; readonly provider: string | undefined }): ComponentChildren {
  const playground = usePlayground();
  const isOpen = playground.threadId.value === thread.threadId;
  const state = stateOf(thread);
  const asked = useSignal(false);
  const keep = useRef<HTMLButtonElement>(null);
  const remove = (): void => {
    // The row goes, and the focus must not go with it.
    document.querySelector<HTMLElement>(".new-thread")?.focus();
    void playground.run({ type: "remove-thread", threadId: thread.threadId });
  };
  useEffect(() => void (asked.value && keep.current?.focus()), [asked.value]);
  return (
    <li class={isOpen ? "thread-row current" : "thread-row"}>
      <button type="button" class="thread-open" aria-current={isOpen ? "true" : undefined} title={thread.title} onClick={() => playground.openThread(thread.threadId)}>
        <span class={`dot ${state.tone}`} aria-hidden="true" />
        <span class="thread-title cut">{thread.title}</span>
        <span class="thread-facts cut">
          {provider ?? thread.instanceId} · {state.word}
        </span>
      </button>
      {asked.value ? (
        <span class="thread-ask">
          <button ref={keep} type="button" class="secondary small" onClick={() => (asked.value = false)}>
            Keep
          </button>
          <button type="button" class="secondary small danger" onClick={remove}>
            Remove
          </button>
        </span>
      ) : (
        <button type="button" class="quiet icon-only small" aria-label={`Remove thread ${thread.title}`} title="Remove" onClick={() => (asked.value = true)}>
          <Icon name="close" />
        </button>
      )}
    </li>
  );
}

function stateOf({ activeTurnId, session, lastError }: ThreadRow): { readonly tone: string; readonly word: string } {
  if (activeTurnId !== null) return { tone: "busy", word: "working" };
  if (lastError !== null) return { tone: "bad", word: "failed" };
  if (session === "starting") return { tone: "busy", word: "starting" };
  if (session === "live") return { tone: "good", word: "live" };
  return session === "resumable" ? { tone: "idle", word: "can be resumed" } : { tone: "idle", word: "not started" };
}
