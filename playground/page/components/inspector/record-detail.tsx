import type { ComponentChildren } from "preact";
import type { InspectorRow } from "../../state/inspector-log.js";
import { Icon } from "../icon.js";
import { CopyButton } from "../shell/copy-button.js";
import { Scroller } from "../shell/scroller.js";
import { JsonTree } from "./json-tree.js";

export function RecordDetail({ row, close }: { readonly row: InspectorRow; readonly close: () => void }): ComponentChildren {
  return (
    <section class="record-detail" aria-label="Record">
      <div class="record-detail-head">
        <h3 class="cut">{row.label}</h3>
        {row.count > 1 && <span class="hint">the last of {row.count}</span>}
        <CopyButton label="Copy the record" text={JSON.stringify(row.content, null, 2)} />
        <button type="button" class="quiet icon-only small" aria-label="Close the record" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <Scroller tag="div" class="record-json" label="Content of the record">
        <JsonTree key={row.seq} value={row.content} />
      </Scroller>
    </section>
  );
}
