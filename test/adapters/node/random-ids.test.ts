import { RandomIds } from "../../../src/adapters/node/random-ids.js";
import { describeIdGenerator } from "../../contract/id-generator.js";

describeIdGenerator({ name: "RandomIds", create: () => new RandomIds() });
