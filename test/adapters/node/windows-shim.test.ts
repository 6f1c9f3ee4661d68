import { describe, expect, it } from "vitest";
import { resolveCommandShim } from "../../../src/adapters/node/windows-shim.js";

const folder = String.raw`C:\Users\me\npm`;
const shim = String.raw`${folder}\agent.cmd`;
const script = String.raw`${folder}\node_modules\@scope\agent\dist\cli.js`;
const nodeOnPath = String.raw`C:\Program Files\nodejs\node.exe`;

/** What npm writes today. */
const npmShim = String.raw`@ECHO off
GOTO start
:find_dp0
SET dp0=%~dp0
EXIT /b
:start
SETLOCAL
CALL :find_dp0

IF EXIST "%dp0%\node.exe" (
  SET "_prog=%dp0%\node.exe"
) ELSE (
  SET "_prog=node"
  SET PATHEXT=%PATHEXT:;.JS;=;%
)

endLocal & goto #_undefined_# 2>NUL || title %COMSPEC% & "%_prog%"  "%dp0%\node_modules\@scope\agent\dist\cli.js" %*
`;

/** What pnpm writes, and npm used to. */
const inlineShim = String.raw`@IF EXIST "%~dp0\node.exe" (
  "%~dp0\node.exe"  "%~dp0\node_modules\@scope\agent\dist\cli.js" %*
) ELSE (
  @SET PATHEXT=%PATHEXT:;.JS;=;%
  node  "%~dp0\node_modules\@scope\agent\dist\cli.js" %*
)
`;

function resolve(text: string, files: readonly string[] = [nodeOnPath]): ReturnType<typeof resolveCommandShim> {
  const searchPath = [String.raw`C:\Windows`, String.raw`C:\Program Files\nodejs`];
  return resolveCommandShim({ shim, text, searchPath, isFile: (path) => Promise.resolve(files.includes(path)) });
}

describe("resolveCommandShim", () => {
  it.each([
    ["npm's", npmShim],
    ["npm's with CRLF", npmShim.replaceAll("\n", "\r\n")],
    ["pnpm's", inlineShim],
  ])("finds the script and the interpreter of %s", async (_, text) => {
    expect(await resolve(text)).toEqual({ interpreter: nodeOnPath, script });
  });

  it("prefers the interpreter beside the shim, as the shim does", async () => {
    const beside = String.raw`${folder}\node.exe`;
    expect(await resolve(npmShim, [nodeOnPath, beside])).toEqual({ interpreter: beside, script });
  });

  it("resolves a script above the shim's folder", async () => {
    const text = inlineShim.replaceAll(String.raw`%~dp0\node_modules`, String.raw`%~dp0\..\global`);
    expect(await resolve(text)).toMatchObject({ script: String.raw`C:\Users\me\global\@scope\agent\dist\cli.js` });
  });

  it.each([
    ["has no interpreter", npmShim, []],
    ["runs another interpreter", npmShim.replace('"_prog=node"', '"_prog=bun"'), undefined],
    ["gives its interpreter arguments", npmShim.replace('"%_prog%"', '"%_prog%" --inspect'), undefined],
    ["runs a program that is no script", inlineShim.replaceAll("cli.js", "agent.exe"), undefined],
    ["is somebody's own batch file", '@echo off\r\ncall "%~dp0\\setup.bat"\r\nagent.exe %*\r\n', undefined],
    ["is empty", "", undefined],
  ])("gives up on a file that %s", async (_, text, files) => {
    expect(await resolve(text, files)).toBeUndefined();
  });
});
