import type { ComponentChildren } from "preact";
import { usePlayground } from "../playground-context.js";
import { ModelCombobox } from "./model-combobox.js";
import { ProviderPicker } from "./provider-picker.js";
import { Select } from "./select.js";
import { worded } from "../words.js";

const agentsChoice = { id: "", label: "Agent's choice" };

/** Who answers the next message, and how: provider, model, the model's own options, and what the agent may do unasked. */
export function Pickers(): ComponentChildren {
  const playground = usePlayground();
  const { controls, instance } = playground.choices.picker.value;
  const modes = playground.choices.modes.value;
  const mode = playground.choices.mode.value;
  const offered = mode === undefined || modes.includes(mode) ? modes : [mode, ...modes];
  return (
    <div class="pickers" role="group" aria-label="Who answers">
      <ProviderPicker />
      <ModelCombobox key={instance?.instanceId} />
      {controls.map((control) => (
        <Select
          key={control.id}
          label={control.label}
          value={control.value ?? ""}
          choices={[...(control.isChosen || control.value === undefined ? [agentsChoice] : []), ...control.choices]}
          description={control.description}
          onChange={(value) => playground.choices.chooseOption(control.id, value === agentsChoice.id ? undefined : value)}
        />
      ))}
      {offered.length > 0 && mode !== undefined && (
        <Select
          label="Mode"
          value={mode}
          choices={offered.map((word) => ({ id: word, label: worded(word) }))}
          onChange={(value) => playground.chooseMode(offered.find((word) => word === value) ?? mode)}
        />
      )}
    </div>
  );
}
