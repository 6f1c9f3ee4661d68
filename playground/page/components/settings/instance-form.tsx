import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { PickerInstance } from "../../../../src/app/picker.js";
import type { InstanceState } from "../../../shared/protocol.js";
import type { CommandError } from "../../state/host-api.js";
import { nextStep } from "../next-step.js";
import { usePlayground } from "../playground-context.js";
import { count } from "../words.js";
import { Banner } from "../shell/banner.js";

/** Where the agent's program is and how it is launched, with what the host says to it. */
export function InstanceForm({ state, instance }: { readonly state: InstanceState; readonly instance: PickerInstance }): ComponentChildren {
  const playground = usePlayground();
  const { instanceId } = instance;
  const binaryPath = useSignal(state.settings.binaryPath);
  const launchArguments = useSignal(state.settings.launchArguments);
  const busy = useSignal(false);
  const error = useSignal<CommandError | undefined>(undefined);
  const id = useId();
  const changed = binaryPath.value !== state.settings.binaryPath || launchArguments.value !== state.settings.launchArguments;
  const isBusy = busy.value || state.checking;

  const tell = async (command: Parameters<typeof playground.ask>[0]): Promise<void> => {
    busy.value = true;
    error.value = undefined;
    const result = await playground.ask(command);
    if (!result.ok) error.value = result.error;
    busy.value = false;
  };
  const save = (event: Event): void => {
    event.preventDefault();
    void tell({ type: "configure", instanceId, settings: { binaryPath: binaryPath.value, launchArguments: launchArguments.value } });
  };
  return (
    <form class="settings-form" aria-label={`Settings of ${instance.label}`} onSubmit={save}>
      <div role="status">
        <StateOf state={state} instance={instance} />
      </div>
      <div class="field">
        <label for={`${id}-path`}>Path of the program</label>
        <input id={`${id}-path`} type="text" class="mono" spellcheck={false} autocomplete="off" placeholder="Found by itself" aria-describedby={`${id}-path-hint`} value={binaryPath.value} onInput={(event) => (binaryPath.value = event.currentTarget.value)} />
        <p class="hint" id={`${id}-path-hint`}>
          Leave it empty to have it looked for.
        </p>
      </div>
      <div class="field">
        <label for={`${id}-arguments`}>Launch arguments</label>
        <input id={`${id}-arguments`} type="text" class="mono" spellcheck={false} autocomplete="off" aria-describedby={`${id}-arguments-hint`} value={launchArguments.value} onInput={(event) => (launchArguments.value = event.currentTarget.value)} />
        <p class="hint" id={`${id}-arguments-hint`}>
          As one would type them in a shell.
        </p>
      </div>
      {error.value !== undefined && (
        <Banner tone="error" urgent>
          {error.value.detail}
          {error.value.nextStep !== undefined && <span class="next-step"> {error.value.nextStep}</span>}
        </Banner>
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={isBusy || !changed}>
          Save
        </button>
        <button type="button" class="secondary" disabled={isBusy} onClick={() => void tell({ type: "refresh", instanceId })}>
          {isBusy ? "Checking…" : "Check again"}
        </button>
      </div>
    </form>
  );
}

function StateOf({ state, instance }: { readonly state: InstanceState; readonly instance: PickerInstance }): ComponentChildren {
  const { server, checking } = state;
  if (checking) return <Banner tone="info">Looking for the agent and asking it…</Banner>;
  if (!instance.state.selectable) {
    return (
      <Banner tone="warning">
        {instance.state.message} <span class="next-step">{nextStep({ instance, host: state })}</span>
      </Banner>
    );
  }
  const version = server.version === null ? "" : `, version ${server.version}`;
  return (
    <>
      <Banner tone="info">
        {instance.label} is ready{version}, with {count(instance.models.length, "model")}.
      </Banner>
      {instance.state.warning !== undefined && <Banner tone="warning">{instance.state.warning}</Banner>}
    </>
  );
}
