import type { ComponentChildren } from "preact";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { cost, tokens } from "../words.js";
import { Menu } from "./menu.js";

const sessions = { none: "Not started", starting: "Starting…", live: "Live", resumable: "Resumes with the next message" } as const;

/** What the open thread is, how its session stands, and what can be done with it. */
export function Header(): ComponentChildren {
  const playground = usePlayground();
  const thread = playground.thread.value;
  const inspecting = playground.inspecting.value;
  return (
    <header class="header">
      <div class="header-text">
        <h1 class="cut" title={thread?.title}>
          {thread?.title ?? "New thread"}
        </h1>
        <p class="header-facts">
          {thread === undefined ? <span>Begins with your first message</span> : <span title={thread.cwd}>{sessions[thread.session]}</span>}
          <Usage />
        </p>
      </div>
      <div class="header-actions">
        <button type="button" class="quiet inspector-toggle" aria-pressed={inspecting} aria-label="Inspector" onClick={() => playground.inspect(!inspecting)}>
          <Icon name="inspect" />
          <span>Inspector</span>
        </button>
        {thread !== undefined && <ThreadMenu />}
      </div>
    </header>
  );
}

function Usage(): ComponentChildren {
  const usage = usePlayground().view.value?.transcript.usage;
  if (usage === undefined) return null;
  const { usedContextTokens: used, contextWindow: window, totalCostUsd } = usage;
  return (
    <>
      {used !== undefined && window !== undefined && (
        <span title={`${tokens(used)} of ${tokens(window)} tokens`}>{share(used / window)} of the context</span>
      )}
      <span>{cost(totalCostUsd)}</span>
    </>
  );
}

function share(part: number): string {
  return part > 0 && part < 0.01 ? "<1 %" : `${Math.round(part * 100)} %`;
}

function ThreadMenu(): ComponentChildren {
  const playground = usePlayground();
  const thread = playground.thread.value;
  if (thread === undefined) return null;
  const { threadId, session } = thread;
  const { instances, scenarios } = playground.world.value;
  const server = instances.find((instance) => instance.server.instanceId === thread.instanceId)?.server;
  const running = playground.isRunning.value ? "Not while a turn runs." : undefined;
  const live = session === "live" ? undefined : "No session is live.";
  const turns = playground.view.value?.transcript.latest === undefined ? "There is no turn yet." : undefined;
  const rollback = server?.supportsConversationRollback === false ? "This provider cannot do it." : undefined;
  return (
    <Menu
      label="Thread actions"
      icon="more"
      items={[
        { label: "Roll back one turn", disabled: rollback ?? running ?? turns, act: () => void playground.run({ type: "roll-back", threadId, turns: 1 }) },
        { label: "Compact the conversation", disabled: running ?? turns, act: () => void playground.run({ type: "compact", threadId }) },
        { label: "Stop the session", disabled: live, act: () => void playground.run({ type: "stop-session", threadId }) },
        // Only the playground's own agents are there to be killed, and only those have scenarios.
        ...(scenarios.length === 0 ? [] : [{ label: "Crash the agent", disabled: live, act: () => void playground.run({ type: "crash", threadId }) }]),
        { label: "Remove the thread", danger: true, act: () => void playground.run({ type: "remove-thread", threadId }) },
      ]}
    />
  );
}
