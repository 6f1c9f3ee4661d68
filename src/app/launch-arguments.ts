import { piDialect } from "../adapters/pi/pi-dialect.js";
import { judgeLaunchArguments, type LaunchArgumentsVerdict } from "../domain/launch/launch-arguments.js";

/** Whether this may be given to Pi as launch arguments, and how it is split; for a settings form. Looks at nothing but the text. */
export function validateLaunchArguments(text: string): LaunchArgumentsVerdict {
  return judgeLaunchArguments(piDialect, text);
}
