import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Icon } from "../icon.js";

export interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly id: string; readonly label: string }[];
  readonly description?: string | undefined;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}

/** The browser's own list of choices, which every keyboard and screen reader knows. */
export function Select({ label, value, choices, description, disabled = false, onChange }: SelectProps): ComponentChildren {
  const id = useId();
  return (
    <div class="field picker">
      <label for={id}>{label}</label>
      <div class="control">
        <select id={id} value={value} disabled={disabled} title={description} onChange={(event) => onChange(event.currentTarget.value)}>
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {choice.label}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </div>
  );
}
