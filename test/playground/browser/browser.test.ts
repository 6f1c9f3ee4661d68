import { describe, expect, it } from "vitest";
import { describeAccessibility } from "./accessibility.js";
import { mayMissBrowser, missingBrowser } from "./chromium.js";
import { describeConversation } from "./conversation.js";
import { describeOffer } from "./offer.js";
import { sharedSite } from "./playground-site.js";
import { describeRecovery } from "./recovery.js";
import { describeSafety } from "./safety.js";
import { describeStages } from "./stages.js";
import { describeStreaming } from "./streaming.js";

const isMissing = missingBrowser !== undefined;
if (isMissing && mayMissBrowser) process.stderr.write(`The browser tests are skipped. ${missingBrowser}\n`);

it.runIf(isMissing && !mayMissBrowser)("a browser is there", () => expect.fail(missingBrowser));

/** One file, so that one browser and one host serve all of it. */
describe.skipIf(isMissing)("the playground in a browser", { timeout: 90_000 }, () => {
  const site = sharedSite();
  describeOffer(site);
  describeStages(site);
  describeRecovery(site);
  describeConversation(site);
  describeSafety(site);
  describeStreaming(site);
  describeAccessibility(site);
});
