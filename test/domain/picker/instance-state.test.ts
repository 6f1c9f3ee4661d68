import { describe, expect, it } from "vitest";
import type { InstanceObstacle } from "../../../src/domain/picker/instance-state.js";
import type { ServerProvider } from "../../../src/ports/server-provider.js";
import { codexSnapshot, instanceOf, piSnapshot } from "./snapshots.js";

const unchecked = { status: "warning", version: null, auth: { status: "unknown" } } as const;
const haveItChecked = "Have it checked, or wait until its check is done.";
const signIn = "Sign in, then check the provider again.";

describe("an instance that cannot be chosen", () => {
  it.each<[change: Partial<ServerProvider>, obstacle: InstanceObstacle, message: string, nextStep: string]>([
    [{ enabled: false, status: "error", message: "Old." }, "disabled", "Pi is switched off.", "Switch it on in the settings."],
    [{ ...unchecked, enabled: false }, "disabled", "Pi is switched off.", "Switch it on in the settings."],
    [{ status: "disabled" }, "disabled", "Pi is switched off.", "Switch it on in the settings."],
    [{ availability: "unavailable", unavailableReason: "Its settings cannot be read.", message: "Other." }, "unavailable", "Its settings cannot be read.", "Correct its settings, or choose another provider."],
    [{ availability: "unavailable", message: "Other." }, "unavailable", "Other.", "Correct its settings, or choose another provider."],
    [{ availability: "unavailable", enabled: false, installed: false }, "unavailable", "Pi is not available here.", "Correct its settings, or choose another provider."],
    [{ status: "error", message: "Pi 0.74 is too old." }, "error", "Pi 0.74 is too old.", "Correct this, then check the provider again."],
    [{ status: "error", auth: { status: "unauthenticated" } }, "error", "Pi cannot be used.", signIn],
    [{ status: "error", installed: false, models: [] }, "error", "Pi cannot be used.", "Correct this, then check the provider again."],
    [{ ...unchecked, models: [] }, "checking", "Pi has not been checked yet.", haveItChecked],
    [{ ...unchecked, installed: false, message: "Checking Pi." }, "checking", "Checking Pi.", haveItChecked],
    [{ models: [] }, "no-models", "Pi has no models.", "Sign in or add a model, then check the provider again."],
    [{ models: [], status: "warning", auth: { status: "unauthenticated" }, message: "Not logged in." }, "no-models", "Not logged in.", signIn],
  ])("says why, and what to do: %j", (change, obstacle, message, nextStep) => {
    expect(instanceOf(piSnapshot(change)).state).toEqual({ selectable: false, obstacle, message, nextStep });
  });
});

describe("an instance that can be chosen", () => {
  it.each<[change: Readonly<Record<string, unknown>>, warning: string]>([
    [{ status: "warning", message: "An extension failed." }, "An extension failed."],
    [{ status: "warning" }, "Codex may not work as it should."],
    [{ status: "warning", auth: { status: "unknown" } }, "Codex may not work as it should."],
    [{ status: "warning", version: null }, "Codex may not work as it should."],
    [{ message: "An extension failed." }, "An extension failed."],
    [{ status: "warning", auth: { status: "unauthenticated" } }, "Codex is not signed in."],
  ])("warns: %j", (change, warning) => {
    expect(instanceOf(codexSnapshot(change)).state).toEqual({ selectable: true, warning });
  });

  it.each<[change: Readonly<Record<string, unknown>>, warning: string]>([
    [{ status: "throttled" }, 'Codex reports a status that is not known here: "throttled".'],
    [{ status: "throttled", message: "Slow until noon." }, "Slow until noon."],
    [{ status: undefined }, "Codex does not tell its status."],
    [{ status: 7, auth: null }, "Codex does not tell its status."],
  ])("warns, F68: a status that is not known here is no obstacle, %j", (change, warning) => {
    expect(instanceOf(codexSnapshot(change)).state).toEqual({ selectable: true, warning });
  });

  it("does not warn because a newer server says more than is known here", () => {
    expect(instanceOf(codexSnapshot({ availability: "somewhere", auth: { status: "expiring" } })).state).toEqual({ selectable: true });
  });
});
