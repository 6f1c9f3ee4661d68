import { afterAll, describe, it } from "vitest";
import { describeProviderConformance } from "../../../src/app/conformance/describe-provider-conformance.js";
import { describeAgentDialect } from "../../contract/agent-dialect.js";
import { expectNoLeftoverProcesses } from "../../process-census.js";
import { heronDialect } from "./heron-dialect.js";
import { heronSubject } from "./heron-subject.js";

afterAll(() => expectNoLeftoverProcesses());

describeAgentDialect({ name: "Heron's dialect", dialect: heronDialect });
describeProviderConformance({ runner: { describe, it }, subject: heronSubject });
