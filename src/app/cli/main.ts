#!/usr/bin/env node
import { runCli } from "./run-cli.js";

const { argv, stdin, stdout, stderr, env: environment } = process;
const end = await runCli({ argv: argv.slice(2), stdin, stdout, stderr, signals: process, cwd: process.cwd(), environment });
process.exitCode = end.exitCode;
// Output that nobody takes would keep the process for ever.
if (!end.isFlushed) process.exit();
