import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Chat } from "../chat/chat.js";
import { Composer } from "../chat/composer.js";
import { Inspector } from "../inspector/inspector.js";
import { Pickers } from "../picker/pickers.js";
import type { Playground } from "../../state/playground.js";
import { PlaygroundContext, usePlayground } from "../playground-context.js";
import { SettingsDialog } from "../settings/settings-dialog.js";
import { Guard } from "./guard.js";
import { Header } from "./header.js";
import { Notices } from "./notices.js";
import { PanelTabs } from "./panel-tabs.js";
import { ThreadList } from "./thread-list.js";

export function App({ playground }: { readonly playground: Playground }): ComponentChildren {
  return (
    <PlaygroundContext.Provider value={playground}>
      <Guard subject="The page">
        <Panels />
      </Guard>
    </PlaygroundContext.Provider>
  );
}

function Panels(): ComponentChildren {
  const playground = usePlayground();
  const title = playground.thread.value?.title;
  useEffect(() => void (document.title = title === undefined ? "Playground" : `${title} · Playground`), [title]);
  return (
    <div class="app" data-panel={playground.panel.value} data-inspecting={playground.inspecting.value}>
      <a class="skip-link" href="#main" onClick={skip}>
        Skip to the conversation
      </a>
      <PanelTabs />
      <ThreadList />
      <main id="main" class="main" tabIndex={-1} aria-label="Chat">
        <Header />
        <Pickers />
        <Notices />
        <Chat />
        <Composer />
      </main>
      <Inspector />
      <SettingsDialog />
      <div class="visually-hidden" role="status" aria-live="polite">
        {playground.announced.value}
      </div>
    </div>
  );
}

/** The fragment of the address holds the secret, so a link must not change it. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
