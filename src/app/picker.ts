/**
 * The complete `./picker` entry: what a model picker shows and sends, from snapshots of any number of providers. Pure, for a browser as
 * well as for Node; it knows no provider by name.
 */

// What a picker shows
export { readInstances, type PickerInstance } from "../domain/picker/picker-instance.js";
export type { InstanceObstacle, InstanceState } from "../domain/picker/instance-state.js";
export { modelGroups, type PickerModel, type PickerModelGroup } from "../domain/picker/picker-model.js";
export type { ModelOption, ModelOptionChoice, OpaqueModelOption, SelectModelOption } from "../domain/picker/model-option.js";
export { optionControls, type OptionControl } from "../domain/picker/option-controls.js";

// What is selected
export { agentsOwnChoice, firstSelection, mayContinue, selectedModel, type ModelSelection, type OptionSelection, type ThreadLock } from "../domain/picker/model-selection.js";
export { reconcileSelection, type Reconciliation } from "../domain/picker/reconcile-selection.js";
export type { SelectionNotice } from "../domain/picker/selection-notice.js";

// What is sent
export { spellOut, toHostModelSelection, toTurnSelection, type HostModelSelection, type TurnSelection } from "../domain/picker/host-selection.js";

// What a server sends
export type { ServerProvider, ServerProviderModel } from "../ports/server-provider.js";
