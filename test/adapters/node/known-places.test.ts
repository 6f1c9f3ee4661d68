import { describe, expect, it } from "vitest";
import { knownPlaces } from "../../../src/adapters/node/known-places.js";

describe("knownPlaces", () => {
  it("are the default folders of package managers on Linux", () => {
    expect(knownPlaces({ platform: "linux", environment: { HOME: "/home/me" } })).toEqual([
      "/home/me/.local/bin",
      "/home/me/.npm-global/bin",
      "/home/me/.npm-packages/bin",
      "/home/me/n/bin",
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
    expect(places).toContain("/Users/me/Library/pnpm");
    expect(places).toContain("/opt/homebrew/bin");
  });

  it("follow the variables of the managers", () => {
    const environment = {
      HOME: "/home/me",
      XDG_DATA_HOME: "/data",
      PNPM_HOME: "/pnpm",
      BUN_INSTALL: "/bun",
      VOLTA_HOME: "/volta",
      ASDF_DATA_DIR: "/asdf",
      N_PREFIX: "/n",
      NVM_BIN: "/nvm/bin",
      HOMEBREW_PREFIX: "/brew",
    };
    const places = knownPlaces({ platform: "linux", environment });
    for (const place of ["/pnpm", "/bun/bin", "/volta/bin", "/data/mise/shims", "/asdf/shims", "/n/bin", "/nvm/bin", "/brew/bin"]) expect(places).toContain(place);
    expect(places).not.toContain("/home/me/.bun/bin");
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
      String.raw`C:\Users\me\AppData\Local\pnpm`,
      String.raw`C:\Users\me\.bun\bin`,
      String.raw`C:\Users\me\AppData\Local\Volta\bin`,
      String.raw`C:\Users\me\AppData\Local\mise\shims`,
      String.raw`C:\Users\me\scoop\shims`,
      String.raw`C:\Users\me\.local\bin`,
      String.raw`C:\Program Files\nodejs`,
    ]);
  });
});
