import { describe, it } from "vitest";
import { describeProviderConformance } from "../../../src/app/conformance/describe-provider-conformance.js";
import { echoSubject } from "./echo-subject.js";
import { scriptedPiSubject } from "./scripted-pi-subject.js";

describeProviderConformance({ runner: { describe, it }, subject: echoSubject });
describeProviderConformance({ runner: { describe, it }, subject: scriptedPiSubject });
