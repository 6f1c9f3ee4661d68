import { agentsOwnChoice, type ModelSelection, type OptionSelection } from "./model-selection.js";

/**
 * How a selection reaches a host. There an absent model or option means "unchanged", so what was sent once and is chosen no longer has to
 * be given back to the agent in a word. `spellOut` says which; the two others put the result into the host's words.
 */

/**
 * `next` with the word `default` for each thing that `previous` had set and `next` leaves to the agent. `previous` is the last selection
 * that reached the host for the same thread, as it was sent or as it was chosen; none for a thread that has not begun.
 */
export function spellOut({ previous, next }: { readonly previous: ModelSelection | undefined; readonly next: ModelSelection }): ModelSelection {
  const { model = isSet(previous?.model) ? agentsOwnChoice : undefined, options: chosen = [] } = next;
  const left = (previous?.options ?? []).filter(({ id, value }) => isSet(value) && !chosen.some((option) => option.id === id));
  const options: readonly OptionSelection[] = [...chosen, ...left.map(({ id }) => ({ id, value: agentsOwnChoice }))];
  return { instanceId: next.instanceId, ...(model === undefined ? {} : { model }), ...(options.length === 0 ? {} : { options }) };
}

function isSet(value: string | boolean | undefined): boolean {
  return value !== undefined && value !== agentsOwnChoice;
}

/** What T3 sends with a thread's start and with each turn in its older contract; absent means unchanged. */
export interface TurnSelection {
  /** The provider's kind. */
  readonly provider: string;
  readonly model?: string;
  /** Under the provider's kind, by option. */
  readonly modelOptions?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
}

/** `driver` is that of the selected instance. */
export function toTurnSelection({ driver, selection }: { readonly driver: string; readonly selection: ModelSelection }): TurnSelection {
  const { model, options = [] } = selection;
  return {
    provider: driver,
    ...(model === undefined ? {} : { model }),
    ...(options.length === 0 ? {} : { modelOptions: { [driver]: Object.fromEntries(options.map(({ id, value }) => [id, value])) } }),
  };
}

/** The selection of T3 today, which always names a model. */
export interface HostModelSelection {
  readonly instanceId: string;
  readonly model: string;
  readonly options?: readonly OptionSelection[];
}

export function toHostModelSelection({ instanceId, model = agentsOwnChoice, options = [] }: ModelSelection): HostModelSelection {
  return { instanceId, model, ...(options.length === 0 ? {} : { options }) };
}
