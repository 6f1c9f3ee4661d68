import { describe, expect, it } from "vitest";
import { knownPlaces } from "../../../src/adapters/node/known-places.js";

describe("knownPlaces", () => {
  it("are the default folders of package managers on Linux", () => {
    expect(knownPlaces({ platform: "linux", environment: { HOME: "/home/me" } })).toEqual([
      "/home/me/.local/bin",
      "/home/me/.npm-global/bin",
      "/home/me/.npm-packages/bin",
      "/home/me/.nvm/current/bin",
      "/home/me/.local/share/fnm/aliases/default/bin",
      "/home/me/n/bin",
      "/home/me/.local/share/pnpm/bin",
      "/home/me/.local/share/pnpm",
      "/home/me/.bun/bin",
      "/home/me/.volta/bin",
      "/home/me/.local/share/mise/shims",
      "/home/me/.asdf/shims",
      "/home/linuxbrew/.linuxbrew/bin",
      "/usr/local/bin",
      "/usr/bin",
    ]);
  });

  it("know where macOS differs", () => {
    const places = knownPlaces({ platform: "darwin", environment: { HOME: "/Users/me" } });
    for (const place of ["/Users/me/Library/pnpm/bin", "/Users/me/Library/pnpm", "/opt/homebrew/bin", "/usr/local/bin"]) expect(places).toContain(place);
    const fnmFolders = ["/Users/me/.local/share/fnm/aliases/default/bin", "/Users/me/Library/Application Support/fnm/aliases/default/bin"];
    expect(places.filter((place) => place.includes("fnm"))).toEqual(fnmFolders);
  });

  it("follow the variables of the managers", () => {
    const environment = {
      HOME: "/home/me",
      XDG_DATA_HOME: "/data",
      NPM_CONFIG_PREFIX: "/npm",
      NVM_DIR: "/nvm",
      NVM_BIN: "/nvm/versions/node/v24.0.0/bin",
      FNM_DIR: "/fnm",
      FNM_MULTISHELL_PATH: "/run/fnm_multishells/1",
      N_PREFIX: "/n",
      PNPM_HOME: "/pnpm",
      BUN_INSTALL: "/bun",
      VOLTA_HOME: "/volta",
      ASDF_DATA_DIR: "/asdf",
      HOMEBREW_PREFIX: "/brew",
    };
    expect(knownPlaces({ platform: "linux", environment })).toEqual([
      "/home/me/.local/bin",
      "/npm/bin",
      "/home/me/.npm-global/bin",
      "/home/me/.npm-packages/bin",
      "/nvm/versions/node/v24.0.0/bin",
      "/nvm/current/bin",
      "/run/fnm_multishells/1/bin",
      "/fnm/aliases/default/bin",
      "/n/bin",
      "/pnpm/bin",
      "/pnpm",
      "/bun/bin",
      "/volta/bin",
      "/data/mise/shims",
      "/asdf/shims",
      "/brew/bin",
      "/usr/local/bin",
      "/usr/bin",
    ]);
    expect(knownPlaces({ platform: "linux", environment: { MISE_DATA_DIR: "/mise", XDG_DATA_HOME: "/data" } })).toContain("/mise/shims");
    expect(knownPlaces({ platform: "linux", environment: { npm_config_prefix: "/npm" } })).toContain("/npm/bin");
  });

  it("need no home folder, and take no relative one", () => {
    for (const environment of [{}, { HOME: "me" }, { HOME: "" }]) {
      expect(knownPlaces({ platform: "linux", environment })).toEqual(["/home/linuxbrew/.linuxbrew/bin", "/usr/local/bin", "/usr/bin"]);
    }
  });

  it("are other folders on Windows", () => {
    const environment = {
      USERPROFILE: String.raw`C:\Users\me`,
      APPDATA: String.raw`C:\Users\me\AppData\Roaming`,
      LOCALAPPDATA: String.raw`C:\Users\me\AppData\Local`,
      ProgramFiles: String.raw`C:\Program Files`,
    };
    expect(knownPlaces({ platform: "win32", environment })).toEqual([
      String.raw`C:\Users\me\AppData\Roaming\npm`,
      String.raw`C:\Users\me\AppData\Roaming\fnm\aliases\default`,
      String.raw`C:\Users\me\AppData\Local\pnpm\bin`,
      String.raw`C:\Users\me\AppData\Local\pnpm`,
      String.raw`C:\Users\me\.bun\bin`,
      String.raw`C:\Users\me\AppData\Local\Volta\bin`,
      String.raw`C:\Users\me\AppData\Local\mise\shims`,
      String.raw`C:\Users\me\scoop\shims`,
      String.raw`C:\Users\me\.local\bin`,
      String.raw`C:\Program Files\nodejs`,
    ]);
  });

  it("follow the variables of the managers on Windows too, where programs lie beside Node itself", () => {
    const environment = {
      APPDATA: String.raw`C:\Roaming`,
      NPM_CONFIG_PREFIX: String.raw`D:\npm`,
      NVM_SYMLINK: String.raw`C:\nvm4w\nodejs`,
      FNM_MULTISHELL_PATH: String.raw`C:\fnm_multishells\1`,
      FNM_DIR: String.raw`D:\fnm`,
      PNPM_HOME: String.raw`D:\pnpm`,
      VOLTA_HOME: String.raw`D:\Volta`,
    };
    expect(knownPlaces({ platform: "win32", environment })).toEqual([
      String.raw`D:\npm`,
      String.raw`C:\nvm4w\nodejs`,
      String.raw`C:\fnm_multishells\1`,
      String.raw`D:\fnm\aliases\default`,
      String.raw`D:\pnpm\bin`,
      String.raw`D:\pnpm`,
      String.raw`D:\Volta\bin`,
    ]);
  });
});
