import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon } from "../icon.js";

const shownFor = 1_500;

export function CopyButton({ label, text }: { readonly label: string; readonly text: string }): ComponentChildren {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => (copied.value = false), shownFor);
  };
  return (
    <button type="button" class="quiet small" aria-label={copied.value ? "Copied" : label} onClick={() => void copy().catch(() => {})}>
      <Icon name={copied.value ? "check" : "copy"} />
      <span>{copied.value ? "Copied" : "Copy"}</span>
    </button>
  );
}
