import { readInstances, type PickerInstance } from "../../../src/app/picker.js";
import type { ProviderOptionDescriptor } from "../../../src/ports/provider-inventory.js";
import type { ServerProvider, ServerProviderModel } from "../../../src/ports/server-provider.js";

/** Snapshots as two quite different providers would send them; nothing in the picker is written for either. */

export const thinkingLevel: ProviderOptionDescriptor = {
  id: "thinkingLevel",
  label: "Thinking",
  type: "select",
  options: [
    { id: "off", label: "Off" },
    { id: "medium", label: "Medium", isDefault: true },
    { id: "high", label: "High" },
  ],
};

export const piModels: readonly ServerProviderModel[] = [
  { slug: "anthropic/claude-opus", name: "Claude Opus", subProvider: "Anthropic", isCustom: false, isDefault: true, capabilities: { optionDescriptors: [thinkingLevel] } },
  { slug: "openrouter/openai/gpt-oss", name: "GPT OSS", subProvider: "OpenRouter", isCustom: false, capabilities: { optionDescriptors: [] } },
  {
    slug: "anthropic/claude-haiku",
    name: "Claude Haiku",
    subProvider: "Anthropic",
    isCustom: false,
    capabilities: { optionDescriptors: [{ ...thinkingLevel, options: [{ id: "off", label: "Off" }, { id: "medium", label: "Medium" }] }] },
  },
  { slug: "local/mine", name: "local/mine", subProvider: "local", isCustom: true, capabilities: null },
];

export function piSnapshot(change: Partial<ServerProvider> = {}): ServerProvider {
  return {
    instanceId: "pi",
    driver: "pi",
    displayName: "Pi",
    badgeLabel: "Early Access",
    enabled: true,
    installed: true,
    version: "0.87.1",
    status: "ready",
    auth: { status: "authenticated" },
    checkedAt: "2026-01-01T00:00:00.000Z",
    availability: "available",
    continuation: { groupKey: "pi:instance:pi" },
    models: piModels,
    slashCommands: [],
    skills: [],
    showInteractionModeToggle: false,
    reportsContextWindow: true,
    supportedRuntimeModes: ["full-access"],
    requiresNewThreadForModelChange: false,
    supportsConversationRollback: true,
    supportsTextGeneration: true,
    ...change,
  };
}

/** Without sub-providers and a default model, with options of its own, and with what a newer server may add. */
export function codexSnapshot(change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    instanceId: "codex",
    driver: "codex",
    displayName: "Codex",
    enabled: true,
    installed: true,
    version: "9.0.0",
    status: "ready",
    auth: { status: "authenticated", type: "chatgpt" },
    checkedAt: "2026-01-01T00:00:00.000Z",
    usageLimits: { weekly: 40 },
    models: [
      {
        slug: "gpt-6-codex",
        name: "GPT-6 Codex",
        shortName: "6",
        isCustom: false,
        capabilities: {
          optionDescriptors: [
            {
              id: "reasoningEffort",
              label: "Reasoning",
              type: "select",
              options: [{ id: "low", label: "Low" }, { id: "high", label: "High", description: "Slow", isDefault: true }, { id: "xhigh", label: "Extra High" }],
              promptInjectedValues: ["xhigh"],
            },
            { id: "fastMode", label: "Fast Mode", type: "boolean", currentValue: false },
          ],
        },
      },
      { slug: "gpt-6-mini", name: "GPT-6 Mini", isCustom: false, capabilities: {} },
    ],
    ...change,
  };
}

export function instanceOf(snapshot: unknown): PickerInstance {
  const [instance] = readInstances([snapshot]);
  if (instance === undefined) throw new Error("The snapshot was left out.");
  return instance;
}
