import type { ComponentChildren } from "preact";
import { Select } from "../picker/select.js";
import { usePlayground } from "../playground-context.js";

/** What the scripted model is to do next; there is nothing to choose where the models are real. */
export function ScenarioBar(): ComponentChildren {
  const playground = usePlayground();
  const { scenarios, scenario } = playground.world.value;
  if (scenarios.length === 0) return <span />;
  const current = scenarios.find(({ id }) => id === scenario);
  return (
    <div class="scenario-bar">
      <Select
        label="Scenario"
        value={scenario ?? ""}
        choices={[...(current === undefined ? [{ id: "", label: "None" }] : []), ...scenarios.map(({ id, title }) => ({ id, label: title }))]}
        description={current?.description}
        onChange={(id) => id !== "" && void playground.run({ type: "scenario", scenario: id })}
      />
      {current !== undefined && (
        <button type="button" class="quiet small" title={current.prompt} onClick={() => (playground.text.value = current.prompt)}>
          Use suggested prompt
        </button>
      )}
    </div>
  );
}
