import { echoDialect } from "../../src/adapters/fake/echo-dialect.js";
import { piDialect } from "../../src/adapters/pi/pi-dialect.js";
import { describeAgentDialect } from "./agent-dialect.js";

describeAgentDialect({ name: "Pi's", dialect: piDialect });
describeAgentDialect({ name: "the echo agent's", dialect: echoDialect });
