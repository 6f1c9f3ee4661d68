import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon } from "../icon.js";
import { StateDot } from "../picker/provider-picker.js";
import { usePlayground } from "../playground-context.js";
import { CustomModels } from "./custom-models.js";
import { InstanceForm } from "./instance-form.js";

/** The instances and what can be set of each. The browser's own dialog keeps the focus inside and closes with Escape. */
export function SettingsDialog(): ComponentChildren {
  const playground = usePlayground();
  const instanceId = playground.settingsOf.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const isOpen = instanceId !== undefined;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  if (instanceId === undefined) return null;
  const close = (): void => void (playground.settingsOf.value = undefined);
  const state = playground.world.value.instances.find(({ server }) => server.instanceId === instanceId);
  const { instances } = playground.choices.picker.value;
  const picked = instances.find((instance) => instance.instanceId === instanceId);
  return (
    <dialog ref={dialog} class="settings" aria-labelledby={id} onClose={close}>
      <div class="dialog-head">
        <h2 id={id}>Settings</h2>
        <button type="button" class="quiet icon-only" aria-label="Close the settings" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <div class="settings-body">
        <ul class="settings-instances" aria-label="Instances">
          {instances.map((instance) => (
            <li key={instance.instanceId}>
              <button type="button" aria-pressed={instance.instanceId === instanceId} onClick={() => (playground.settingsOf.value = instance.instanceId)}>
                <StateDot instance={instance} />
                <span class="cut">{instance.label}</span>
              </button>
            </li>
          ))}
        </ul>
        {state === undefined || picked === undefined ? (
          <p class="hint">This instance is no longer there.</p>
        ) : (
          <div class="settings-panel" key={instanceId}>
            <InstanceForm state={state} instance={picked} />
            <CustomModels state={state} />
          </div>
        )}
      </div>
    </dialog>
  );
}
