import type { ProviderApprovalDecision } from "../../ports/provider.js";
import { equals, isRefused } from "./checks.js";
import type { ConformanceTests } from "./conformance-tests.js";
import type { ProviderBench } from "./provider-bench.js";

/** What a user decides on. A provider that claims no mode that asks has nothing to show here. */
export function testApprovals(tests: ConformanceTests): void {
  tests.group("a tool under supervision", () => {
    tests.testOf("usesTool", "runs when its user accepts it", ["usesTool", "answers"], async (bench, act) => {
      if (!asks(bench)) return;
      await bench.start({ runtimeMode: "approval-required" });
      const turnId = await bench.send(act.prompt);
      const requestId = await decide(bench, { turnId, decision: "accept" });
      equals([(await bench.ended(turnId)).state, bench.log.texts(turnId)], ["completed", act.texts], "how the turn ends after the approval, and what it shows,");
      equals(toolsOf(bench), ["completed"], "how the tools ended");
      await isRefused(bench.provider.respondToRequest(bench.threadId, requestId, "decline"), [["request", "request-unknown"]], "a second decision");
      await bench.worksOn();
    });

    tests.testOf("usesTool", "does not run when its user declines it, and the turn goes on", ["usesTool", "answers"], async (bench, act) => {
      if (!asks(bench)) return;
      await bench.start({ runtimeMode: "approval-required" });
      const turnId = await bench.send(act.prompt);
      await decide(bench, { turnId, decision: "decline" });
      equals((await bench.ended(turnId)).state, "completed", "the end of a turn whose tool was declined");
      equals(toolsOf(bench), ["declined"], "how the tools ended");
      await bench.worksOn();
    });

    tests.testOf("usesTool", "is asked for no longer when the mode changes, in the process that is there", ["usesTool", "answers"], async (bench, act) => {
      if (!asks(bench)) return;
      await bench.start({ runtimeMode: "approval-required" });
      const turnId = await bench.send(act.prompt);
      await bench.wait("a request", bench.log.first("request.opened", (event) => event.turnId === turnId));
      await bench.start({ runtimeMode: "full-access" });
      equals([(await bench.ended(turnId)).state, bench.log.texts(turnId)], ["completed", act.texts], "how the turn ends after the change of the mode, and what it shows,");
      equals(bench.log.of("session.started").length, 1, "the number of sessions");
      await bench.worksOn();
    });
  });
}

function asks({ provider }: ProviderBench): boolean {
  return provider.capabilities.runtimeModes.includes("approval-required");
}

async function decide(bench: ProviderBench, { turnId, decision }: { readonly turnId: string; readonly decision: ProviderApprovalDecision }): Promise<string> {
  const { requestId = "" } = await bench.wait("a request", bench.log.first("request.opened", (event) => event.turnId === turnId));
  await bench.wait("the decision to be taken", bench.provider.respondToRequest(bench.threadId, requestId, decision));
  return requestId;
}

function toolsOf({ log }: ProviderBench): readonly (string | undefined)[] {
  return log.of("item.completed").flatMap(({ payload }) => (payload.itemType === "assistant_message" || payload.itemType === "reasoning" ? [] : [payload.status]));
}
