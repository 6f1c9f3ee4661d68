import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { RequestItem } from "../../../../src/app/transcript.js";
import type { ProviderApprovalDecision } from "../../../../src/ports/provider.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { Scroller } from "../shell/scroller.js";
import { worded } from "../words.js";
import { requestContent } from "./tool-content.js";
import { Change, Part } from "./tool-parts.js";

const decisions: readonly { readonly decision: ProviderApprovalDecision; readonly label: string; readonly look: string }[] = [
  { decision: "accept", label: "Allow", look: "primary" },
  { decision: "acceptForSession", label: "Allow for this session", look: "secondary" },
  { decision: "decline", label: "Decline", look: "secondary" },
];

/** Something the agent may do only if it is allowed. */
export function RequestCard({ item, live }: { readonly item: RequestItem; readonly live: boolean }): ComponentChildren {
  const playground = usePlayground();
  const isAnswering = useSignal(false);
  const isOpen = live && item.completedAt === undefined;
  const decide = async (decision: ProviderApprovalDecision): Promise<void> => {
    const threadId = playground.threadId.value;
    if (threadId === undefined) return;
    isAnswering.value = true;
    await playground.run({ type: "decide", threadId, requestId: item.id, decision });
    isAnswering.value = false;
  };
  // The tool stands beside it and shows the rest.
  if (!isOpen) return <Decided item={item} />;
  const { diff, input } = requestContent(item);
  return (
    <div class="ask open" role="group" aria-label="Approval">
      <h3>
        <Icon name="shield" />
        {worded(item.requestType)}
      </h3>
      {item.detail !== undefined && (
        <Scroller tag="pre" label="What it asks for">
          {item.detail}
        </Scroller>
      )}
      {diff !== undefined && <Change lines={diff} />}
      {input !== undefined && <Part label="Input" text={input} />}
      <div class="buttons">
        {decisions.map(({ decision, label, look }) => (
          <button key={decision} type="button" class={look} disabled={isAnswering.value} onClick={() => void decide(decision)}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}

function Decided({ item: { requestType, detail, decision } }: Pick<Parameters<typeof RequestCard>[0], "item">): ComponentChildren {
  return (
    <div class="ask decided" role="group" aria-label="Approval">
      <Icon name="shield" />
      <span class="tool-title">{worded(requestType)}</span>
      <code class="tool-preview cut">{detail}</code>
      <span class="verdict">{decision === undefined ? "Not decided" : worded(decision)}</span>
    </div>
  );
}
