import { SilentTelemetry } from "../../../src/adapters/node/silent-telemetry.js";
import { describeTelemetry } from "../../contract/telemetry.js";

describeTelemetry({ name: "SilentTelemetry", create: () => new SilentTelemetry() });
