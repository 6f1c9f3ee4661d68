// With its own extension, because nothing that would make another one work may be loaded here.
import { startStopwatch } from "./stopwatch.ts";

/** A program that does nothing but import what it is told to, and prints how long that took. */
const stop = startStopwatch();
await Promise.all(process.argv.slice(2).map((specifier) => import(specifier)));
process.stdout.write(JSON.stringify(stop()));
