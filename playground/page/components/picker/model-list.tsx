import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { PickerModel, PickerModelGroup } from "../../../../src/app/picker.js";
import { Icon } from "../icon.js";
import { useInSight } from "../shell/use-in-sight.js";

export interface ModelListProps {
  readonly id: string;
  readonly optionId: (index: number) => string;
  readonly open: boolean;
  readonly groups: readonly PickerModelGroup[];
  /** Which option the keyboard is at, counted through all groups. */
  readonly active: number;
  readonly selected: string | undefined;
  readonly choose: (model: PickerModel) => void;
}

/** The focus stays in the combobox; a press must not take it away, or the list would shut before the click. */
export function ModelList({ id, optionId, open, groups, active, selected, choose }: ModelListProps): ComponentChildren {
  const list = useRef<HTMLDivElement>(null);
  useInSight({ element: list, open });
  let before = 0;
  return (
    <>
      <div ref={list} id={id} role="listbox" tabIndex={-1} aria-label="Models" class="popover model-list" hidden={!open || groups.length === 0} onMouseDown={(event) => event.preventDefault()}>
        {groups.map(({ label, models }, group) => {
          const first = before;
          before += models.length;
          return (
            <div key={label ?? ""} role="group" aria-label={label ?? "Other"} class="model-group">
              <div class="model-group-label" aria-hidden="true">
                {label ?? "Other"}
              </div>
              {models.map((model, index) => (
                <Option
                  key={`${group}-${model.slug}`}
                  id={optionId(first + index)}
                  model={model}
                  isActive={first + index === active}
                  isSelected={model.slug === selected}
                  choose={choose}
                />
              ))}
            </div>
          );
        })}
      </div>
      {open && groups.length === 0 && (
        <p class="popover model-list hint" role="status">
          No model matches.
        </p>
      )}
    </>
  );
}

interface OptionProps {
  readonly id: string;
  readonly model: PickerModel;
  readonly isActive: boolean;
  readonly isSelected: boolean;
  readonly choose: (model: PickerModel) => void;
}

function Option({ id, model, isActive, isSelected, choose }: OptionProps): ComponentChildren {
  return (
    <div id={id} role="option" tabIndex={-1} aria-selected={isSelected} class={isActive ? "option active" : "option"} onMouseDown={() => choose(model)}>
      <span class="option-name cut">{model.name}</span>
      {model.isDefault && <span class="badge">Default</span>}
      {model.isCustom && <span class="badge">Custom</span>}
      <span class="option-slug cut">{model.slug}</span>
      {isSelected && <Icon name="check" />}
    </div>
  );
}
