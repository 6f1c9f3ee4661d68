import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";
import { firstSelection, reconcileSelection, spellOut, toTurnSelection, type ModelSelection, type TurnSelection } from "../../../src/app/picker.js";
import type { RuntimeMode } from "../../../src/ports/provider.js";
import type { ThreadRow } from "../../shared/protocol.js";
import { pickerView, type PickerView } from "./selections.js";
import type { ThreadView } from "./thread-view.js";
import type { World } from "./world.js";

export interface ChoicesDeps {
  readonly world: ReadonlySignal<World>;
  readonly threadId: ReadonlySignal<string | undefined>;
  readonly thread: ReadonlySignal<ThreadRow | undefined>;
  readonly view: ReadonlySignal<ThreadView | undefined>;
}

/** Where a thread that has not begun keeps its choices. */
const draft = "";
const usualMode: RuntimeMode = "full-access";

/** Who is to answer in the open thread, and how; each thread remembers its own. */
export class Choices {
  readonly #threadId: ReadonlySignal<string | undefined>;
  readonly #chosen = signal<ReadonlyMap<string, ModelSelection>>(new Map());
  readonly #draftMode = signal<RuntimeMode>(usualMode);
  readonly #passing = signal<readonly string[]>([]);
  /** The latest selection that reached the host, by thread. */
  readonly #sent = new Map<string, ModelSelection>();

  readonly picker: ReadonlySignal<PickerView>;
  /** What a person should know of their selection, in sentences. */
  readonly notices: ReadonlySignal<readonly string[]>;
  readonly modes: ReadonlySignal<readonly RuntimeMode[]>;
  readonly mode: ReadonlySignal<RuntimeMode | undefined>;

  constructor({ world, threadId, thread, view }: ChoicesDeps) {
    this.#threadId = threadId;
    // Signals of their own, so that the pickers are not looked at again with every piece of text.
    const instances = computed(() => world.value.instances);
    const model = computed(() => view.value?.transcript.latest?.model);
    const effort = computed(() => view.value?.transcript.latest?.effort);
    this.picker = computed(() =>
      pickerView({
        instances: instances.value,
        thread: thread.value,
        chosen: this.#chosen.value.get(threadId.value ?? draft),
        answered: { model: model.value, effort: effort.value },
      }),
    );
    this.notices = computed(() => {
      const lasting = this.picker.value.notices.filter((notice) => notice.type !== "instance-unavailable" || notice.obstacle !== "checking");
      return [...new Set([...this.#passing.value, ...lasting.map(({ message }) => message)])];
    });
    this.modes = computed(() => {
      const instanceId = this.picker.value.instance?.instanceId;
      return instances.value.find(({ server }) => server.instanceId === instanceId)?.server.supportedRuntimeModes ?? [];
    });
    this.mode = computed(() => thread.value?.runtimeMode ?? (this.modes.value.includes(this.#draftMode.value) ? this.#draftMode.value : this.modes.value[0]));
  }

  chooseInstance(instanceId: string): void {
    const instances = this.picker.value.instances.filter((candidate) => candidate.instanceId === instanceId);
    this.#choose(firstSelection({ instances }) ?? { instanceId });
  }

  chooseModel(model: string): void {
    const { selection } = this.picker.value;
    if (selection !== undefined) this.#choose({ ...selection, model });
  }

  /** Without a value it is the agent's choice. */
  chooseOption(id: string, value: string | undefined): void {
    const { selection } = this.picker.value;
    if (selection === undefined) return;
    const others = (selection.options ?? []).filter((option) => option.id !== id);
    this.#choose({ ...selection, options: value === undefined ? others : [...others, { id, value }] });
  }

  /** For the threads that are to begin; that of one that has begun is the host's to change. */
  chooseMode(mode: RuntimeMode): void {
    this.#draftMode.value = mode;
  }

  /** What was said once is not said again. */
  forgetNotices(): void {
    this.#passing.value = [];
  }

  /** A thread has begun with what was chosen for it before. */
  begin(threadId: string, selection: ModelSelection): void {
    const chosen = new Map(this.#chosen.value).set(threadId, selection);
    chosen.delete(draft);
    this.#chosen.value = chosen;
  }

  /** The selection in the host's words, with a word for what is no longer chosen. */
  inWords(threadId: string, { driver, selection }: { readonly driver: string; readonly selection: ModelSelection }): TurnSelection {
    const previous = this.#sent.get(threadId) ?? this.picker.value.answered;
    return toTurnSelection({ driver, selection: spellOut({ previous, next: selection }) });
  }

  /** The host has it. */
  sent(threadId: string, selection: ModelSelection): void {
    this.#sent.set(threadId, selection);
  }

  /** A choice that does not fit the rest of the selection changes the rest, and says so. */
  #choose(wanted: ModelSelection): void {
    const { selection = wanted, notices } = reconcileSelection({ instances: this.picker.value.instances, selection: wanted });
    batch(() => {
      this.#chosen.value = new Map(this.#chosen.value).set(this.#threadId.value ?? draft, selection);
      this.#passing.value = notices.filter(({ type }) => type === "model-dropped" || type === "option-dropped").map(({ message }) => message);
    });
  }
}
