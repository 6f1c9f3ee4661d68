import type { ComponentChildren } from "preact";
import type { PickerInstance, PickerModel } from "../../../../src/app/picker.js";
import { isLookedFor } from "../../state/selections.js";
import type { ScenarioInfo } from "../../../shared/protocol.js";
import { nextStep } from "../next-step.js";
import { usePlayground } from "../playground-context.js";
import { Banner } from "../shell/banner.js";

/** Before the first message: what one can do here, and what is in the way. */
export function EmptyThread(): ComponentChildren {
  const playground = usePlayground();
  const { hostId, scenarios } = playground.world.value;
  const { instance, model } = playground.choices.picker.value;
  if (hostId === undefined) return <Loading />;
  return (
    <div class="empty">
      <h2>{playground.thread.value === undefined ? "New thread" : "Nothing said yet"}</h2>
      {instance === undefined || (!instance.state.selectable && !isLookedFor(instance)) ? <Blocked /> : <p class="empty-lead">{lead(instance, model)}</p>}
      {scenarios.length > 0 && (
        <>
          <h3>Or let the scripted model show something</h3>
          <ul class="scenario-cards">
            {scenarios.map((scenario) => (
              <ScenarioCard key={scenario.id} scenario={scenario} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function lead(instance: PickerInstance, model: PickerModel | undefined): string {
  if (isLookedFor(instance)) return `${instance.label} is being looked for…`;
  return model === undefined ? "Write a message to begin." : `${instance.label} will answer with ${model.name}. Write a message to begin.`;
}

function ScenarioCard({ scenario }: { readonly scenario: ScenarioInfo }): ComponentChildren {
  const playground = usePlayground();
  const isCurrent = playground.world.value.scenario === scenario.id;
  const use = (): void => {
    playground.text.value = scenario.prompt;
    void playground.run({ type: "scenario", scenario: scenario.id });
    document.querySelector<HTMLElement>(".composer textarea")?.focus();
  };
  return (
    <li>
      <button type="button" class={isCurrent ? "scenario-card current" : "scenario-card"} onClick={use}>
        <strong>{scenario.title}</strong>
        <span>{scenario.description}</span>
      </button>
    </li>
  );
}

function Blocked(): ComponentChildren {
  const playground = usePlayground();
  const { instance } = playground.choices.picker.value;
  const host = playground.world.value.instances.find(({ server }) => server.instanceId === instance?.instanceId);
  if (instance === undefined || instance.state.selectable) return <Banner tone="warning">No provider is configured here.</Banner>;
  const step = nextStep({ instance, host });
  return (
    <Banner tone="warning">
      <p>
        <strong>{instance.label} cannot be used.</strong> {instance.state.message}
      </p>
      {step !== undefined && <p>{step}</p>}
      <div class="buttons">
        <button type="button" class="secondary" onClick={() => (playground.settingsOf.value = instance.instanceId)}>
          Open settings
        </button>
        <button type="button" class="quiet" disabled={host?.checking === true} onClick={() => void playground.run({ type: "refresh", instanceId: instance.instanceId })}>
          {host?.checking === true ? "Checking…" : "Check again"}
        </button>
      </div>
    </Banner>
  );
}

function Loading(): ComponentChildren {
  return (
    <div class="empty" aria-busy="true">
      <p class="empty-lead">Connecting to the playground's host…</p>
    </div>
  );
}
