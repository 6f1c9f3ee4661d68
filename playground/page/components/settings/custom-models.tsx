import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import type { CustomModelRow, InstanceState } from "../../../shared/protocol.js";
import type { CommandError } from "../../state/host-api.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";

/** Models that a person names because the agent does not list them; what the validator and the agent say to each stands beside it. */
export function CustomModels({ state }: { readonly state: InstanceState }): ComponentChildren {
  const playground = usePlayground();
  const slug = useSignal("");
  const allowUnverified = useSignal(false);
  const busy = useSignal(false);
  const error = useSignal<CommandError | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const { instanceId } = state.server;
  const tell = async (command: Parameters<typeof playground.ask>[0]): Promise<boolean> => {
    busy.value = true;
    error.value = undefined;
    const result = await playground.ask(command);
    if (!result.ok) error.value = result.error;
    busy.value = false;
    return result.ok;
  };
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await tell({ type: "add-custom-model", instanceId, slug: slug.value, allowUnverified: allowUnverified.value })) slug.value = "";
    field.current?.focus();
  };
  return (
    <form class="settings-form" aria-label="Custom models" onSubmit={(event) => void add(event)}>
      <h3>Custom models</h3>
      <ul class="custom-models" aria-label="Custom models">
        {state.customModels.map((model) => (
          <CustomModel key={model.slug} model={model} busy={busy.value} remove={() => void tell({ type: "remove-custom-model", instanceId, slug: model.slug })} />
        ))}
      </ul>
      {state.customModels.length === 0 && <p class="hint">None yet. Add a model that the agent can use but does not list.</p>}
      <div class="field">
        <label for={`${id}-slug`}>Model</label>
        <input
          ref={field}
          id={`${id}-slug`}
          type="text"
          class="mono"
          spellcheck={false}
          autocomplete="off"
          placeholder="provider/model-id"
          aria-invalid={error.value !== undefined}
          aria-describedby={`${id}-error`}
          value={slug.value}
          onInput={(event) => {
            slug.value = event.currentTarget.value;
            error.value = undefined;
          }}
        />
        <p id={`${id}-error`} class="field-error" role="alert">
          {error.value !== undefined && (
            <>
              {error.value.detail} <span class="next-step">{error.value.nextStep}</span>
            </>
          )}
        </p>
      </div>
      <label class="check">
        <input type="checkbox" checked={allowUnverified.value} onChange={(event) => (allowUnverified.value = event.currentTarget.checked)} />
        <span>Keep it even if the agent cannot be asked</span>
      </label>
      <div class="buttons">
        <button type="submit" class="secondary" disabled={busy.value || slug.value.trim() === ""}>
          {busy.value ? "Asking…" : "Add model"}
        </button>
      </div>
    </form>
  );
}

const verdicts = { accepted: "Accepted by the agent", refused: "Refused by the agent", unverified: "Not verified" } as const;

interface CustomModelProps {
  readonly model: CustomModelRow;
  readonly busy: boolean;
  readonly remove: () => void;
}

function CustomModel({ model: { slug, verdict, detail }, busy, remove }: CustomModelProps): ComponentChildren {
  return (
    <li class="custom-model">
      <span class="mono cut">{slug}</span>
      <span class={`verdict ${verdict}`}>
        {verdicts[verdict]}
        {detail !== undefined && `: ${detail}`}
      </span>
      <button type="button" class="quiet icon-only small" aria-label={`Remove ${slug}`} disabled={busy} onClick={remove}>
        <Icon name="close" />
      </button>
    </li>
  );
}
