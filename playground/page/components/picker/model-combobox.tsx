import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { modelGroups, type PickerModel } from "../../../../src/app/picker.js";
import { Icon } from "../icon.js";
import { usePlayground } from "../playground-context.js";
import { ModelList } from "./model-list.js";
import { moved } from "./moved.js";

/**
 * The models, grouped and searchable: the ARIA Authoring Practices' editable combobox with list autocomplete. Shut, it shows the model
 * that is selected; typing searches; what is typed and not chosen is forgotten.
 */
export function ModelCombobox(): ComponentChildren {
  const playground = usePlayground();
  const { instance, model, selection } = playground.choices.picker.value;
  const search = useSignal<string | undefined>(undefined);
  const active = useSignal(0);
  const input = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const id = useId();
  const isOpen = search.value !== undefined;
  const groups = isOpen ? modelGroups({ models: instance?.models ?? [], search: search.value }) : [];
  const found = groups.flatMap(({ models }) => models);
  const shown = model?.name ?? selection?.model ?? "Agent's choice";

  const open = (): void => {
    const offered = modelGroups({ models: instance?.models ?? [] }).flatMap(({ models }) => models);
    search.value = "";
    active.value = Math.max(0, offered.findIndex(({ slug }) => slug === model?.slug));
    input.current?.select();
  };
  const shut = (): void => void (search.value = undefined);
  const choose = (chosen: PickerModel | undefined): void => {
    if (chosen === undefined) return;
    shut();
    playground.choices.chooseModel(chosen.slug);
  };
  const onKey = (event: KeyboardEvent): void => {
    const to = moved({ key: event.key, at: active.value, size: found.length });
    if (event.key === "Enter" && isOpen) choose(found[active.value]);
    else if (event.key === "Escape" && isOpen) shut();
    else if (to !== undefined && isOpen) active.value = to;
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp" || event.key === "Enter") && !isOpen) open();
    else {
      if (event.key === "Tab") shut();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  useEffect(() => {
    document.getElementById(`${id}-${active.value}`)?.scrollIntoView({ block: "nearest" });
  }, [active.value, isOpen, id]);

  const disabled = instance === undefined || instance.models.length === 0;
  return (
    <div class="field picker model-picker" ref={root}>
      <label for={id}>Model</label>
      <div class="control">
        <input
          ref={input}
          id={id}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          aria-autocomplete="list"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-activedescendant={isOpen && found.length > 0 ? `${id}-${active.value}` : undefined}
          disabled={disabled}
          title={disabled ? "This provider offers no models now." : model?.slug}
          placeholder={isOpen ? "Search models" : disabled ? "No models" : ""}
          value={search.value ?? (disabled ? "" : shown)}
          onClick={() => !isOpen && open()}
          onInput={(event) => {
            active.value = 0;
            search.value = event.currentTarget.value;
          }}
          onKeyDown={onKey}
          onBlur={shut}
        />
        <Icon name={isOpen ? "search" : "chevron"} />
      </div>
      <ModelList id={`${id}-list`} optionId={(index) => `${id}-${index}`} open={isOpen} groups={groups} active={active.value} selected={model?.slug} choose={choose} />
    </div>
  );
}
