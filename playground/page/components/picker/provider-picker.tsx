import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { PickerInstance } from "../../../../src/app/picker.js";
import { isLookedFor } from "../../state/selections.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { nextStep } from "../next-step.js";
import { count } from "../words.js";
import { useDismiss } from "../shell/use-dismiss.js";
import { useInSight } from "../shell/use-in-sight.js";

/** All instances, those that cannot be used with the reason and the way out. */
export function ProviderPicker(): ComponentChildren {
  const playground = usePlayground();
  const { instances, instance, selection } = playground.choices.picker.value;
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  useInSight({ element: list, open: open.value });
  const close = (restoreFocus: boolean): void => {
    open.value = false;
    if (restoreFocus) root.current?.querySelector<HTMLElement>(".picker-button")?.focus();
  };
  useDismiss({ root, open: open.value, close });
  useEffect(() => {
    if (open.value) (list.current?.querySelector<HTMLElement>("[aria-pressed=true]") ?? list.current?.querySelector("button"))?.focus();
  }, [open.value]);
  return (
    <div class="field picker" ref={root}>
      <span class="label" id={id}>
        Provider
      </span>
      <button
        type="button"
        class="control picker-button"
        aria-label={`Provider: ${instance?.label ?? "none"}`}
        aria-haspopup="dialog"
        aria-expanded={open.value}
        onClick={() => (open.value = !open.value)}
      >
        <StateDot instance={instance} />
        <span class="cut">{instance?.label ?? selection?.instanceId ?? "None"}</span>
        <Icon name="chevron" />
      </button>
      {open.value && (
        <div ref={list} class="popover provider-list" role="dialog" aria-label="Providers">
          {playground.thread.value !== undefined && <p class="hint">A thread stays with its provider. Another one begins a new thread.</p>}
          {instances.length === 0 && <p class="hint">No provider is configured.</p>}
          <ul>
            {instances.map((entry) => (
              <ProviderEntry key={entry.instanceId} instance={entry} isCurrent={entry.instanceId === instance?.instanceId} close={close} />
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

interface ProviderEntryProps {
  readonly instance: PickerInstance;
  readonly isCurrent: boolean;
  readonly close: (restoreFocus: boolean) => void;
}

function ProviderEntry({ instance, isCurrent, close }: ProviderEntryProps): ComponentChildren {
  const playground = usePlayground();
  const { instanceId, label, badge, state, models } = instance;
  const id = useId();
  const host = playground.world.value.instances.find(({ server }) => server.instanceId === instanceId);
  const step = nextStep({ instance, host });
  const choose = (): void => {
    if (!state.selectable) return;
    close(true);
    playground.chooseInstance(instanceId);
  };
  const openSettings = (): void => {
    close(true);
    playground.settingsOf.value = instanceId;
  };
  return (
    <li class="provider-entry">
      <button type="button" class="provider-choice" aria-pressed={isCurrent} aria-disabled={!state.selectable} aria-describedby={id} onClick={choose}>
        <StateDot instance={instance} />
        <span class="cut">{label}</span>
        {badge !== undefined && <span class="badge">{badge}</span>}
        {isCurrent && <Icon name="check" />}
      </button>
      <button type="button" class="quiet small" aria-label={`Settings of ${label}`} onClick={openSettings}>
        Settings
      </button>
      <p id={id} class="provider-state">
        {host?.checking === true && <span>Checking… </span>}
        {state.selectable ? (state.warning ?? count(models.length, "model")) : state.message}
        {step !== undefined && <span class="next-step"> {step}</span>}
      </p>
    </li>
  );
}

export function StateDot({ instance }: { readonly instance: PickerInstance | undefined }): ComponentChildren {
  if (instance !== undefined && isLookedFor(instance)) return <span class="dot busy" aria-hidden="true" />;
  const tone = instance === undefined || !instance.state.selectable ? "bad" : instance.state.warning === undefined ? "good" : "warn";
  return <span class={`dot ${tone}`} aria-hidden="true" />;
}
