import type { InstanceState } from "../../shared/protocol.js";
import type { PickerInstance } from "../../../src/app/picker.js";

/** What to do about an instance that cannot be used, unless its message says so already. */
export function nextStep({ instance, host }: { readonly instance: PickerInstance; readonly host: InstanceState | undefined }): string | undefined {
  const { state } = instance;
  if (state.selectable) return undefined;
  const step = host?.nextStep ?? state.nextStep;
  return state.message.includes(step) ? undefined : step;
}
