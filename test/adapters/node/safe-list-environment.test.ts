import { describe, expect, it } from "vitest";
import { safeList } from "../../../src/adapters/node/safe-list.js";
import { SafeListEnvironment, type EnvironmentPolicy } from "../../../src/adapters/node/safe-list-environment.js";
import type { DialectEnvironment } from "../../../src/ports/agent-dialect.js";

const dialect: DialectEnvironment = { inherited: [], fixed: {}, dropped: [], agentDirVariable: "AGENT_DIR", defaultAgentDir: [".agent"] };

interface BuildInput {
  readonly host: Readonly<Record<string, string | undefined>>;
  readonly policy?: EnvironmentPolicy;
  readonly platform?: NodeJS.Platform;
  readonly dialect?: Partial<DialectEnvironment>;
  readonly set?: Readonly<Record<string, string>>;
}

function build(input: BuildInput): Readonly<Record<string, string>> {
  const { host, policy = {}, platform = "linux", set = {} } = input;
  return new SafeListEnvironment({ host, policy, platform }).build({ dialect: { ...dialect, ...input.dialect }, set });
}

describe("SafeListEnvironment", () => {
  it("hands on what every program needs and nothing that may hold a secret", () => {
    const needed = { PATH: "/bin", HOME: "/home/me", LC_ALL: "C.UTF-8", XDG_CONFIG_HOME: "/config", https_proxy: "http://proxy", SSH_AUTH_SOCK: "/agent" };
    const kept = {
      T3CODE_AUTH_TOKEN: "secret",
      MY_SECRET: "secret",
      ANTHROPIC_API_KEY: "secret",
      AWS_SECRET_ACCESS_KEY: "secret",
      GITHUB_TOKEN: "secret",
      npm_config_registry: "set by npm run",
      npm_config_prefix: "set by npm run",
      npm_package_name: "set by npm run",
      NODE_OPTIONS: "--inspect",
      NODE_PATH: "/host",
      LD_PRELOAD: "/host.so",
      GIT_DIR: "/host/.git",
      PWD: "/host",
      PATHOLOGICAL: "not PATH",
      UNSET: undefined,
    };
    expect(build({ host: { ...needed, ...kept } })).toEqual(needed);
  });

  it("adds what the dialect's agent reads and what the host's policy names, by name or prefix", () => {
    const host = { PATH: "/bin", AGENT_KEY: "a", AGENT_MODE: "b", COMPANY_PROXY_TOKEN: "c", OTHER: "d", AGENT: "e" };
    expect(build({ host, dialect: { inherited: ["AGENT_*"] }, policy: { names: ["COMPANY_PROXY_TOKEN"] } })).toEqual({
      PATH: "/bin",
      AGENT_KEY: "a",
      AGENT_MODE: "b",
      COMPANY_PROXY_TOKEN: "c",
    });
  });

  it("lets fixed variables win over inherited ones, and what is set over both", () => {
    const host = { PATH: "/bin", TERM: "xterm", LANG: "C" };
    expect(build({ host, dialect: { fixed: { TERM: "dumb", LANG: "de", OFFLINE: "1" } }, set: { LANG: "en", AGENT_DIR: "/agent" } })).toEqual({
      PATH: "/bin",
      TERM: "dumb",
      LANG: "en",
      OFFLINE: "1",
      AGENT_DIR: "/agent",
    });
  });

  it("never hands on what the dialect drops, even when everything is inherited", () => {
    const host = { PATH: "/bin", INSIDE_AGENT: "1", INSIDE_SESSION: "2", MY_SECRET: "secret" };
    const dropping = { inherited: ["INSIDE_AGENT"], dropped: ["INSIDE_AGENT", "INSIDE_S*"] };
    expect(build({ host, dialect: dropping })).toEqual({ PATH: "/bin" });
    expect(build({ host, dialect: dropping, policy: { inherit: "everything" } })).toEqual({ PATH: "/bin", MY_SECRET: "secret" });
    expect(build({ host, dialect: dropping, set: { INSIDE_AGENT: "said so" } })).toEqual({ PATH: "/bin", INSIDE_AGENT: "said so" });
  });

  it("lets the policy's own variables win over all others but those of the call", () => {
    const host = { PATH: "/bin", TERM: "xterm", LANG: "C", INSIDE_AGENT: "1" };
    const policy = { set: { TERM: "vt100", LANG: "de", INSIDE_AGENT: "said so", COMPANY_TOKEN: "mine" } };
    expect(build({ host, policy, dialect: { fixed: { TERM: "dumb" }, dropped: ["INSIDE_AGENT"] }, set: { LANG: "en" } })).toEqual({
      PATH: "/bin",
      TERM: "vt100",
      LANG: "en",
      INSIDE_AGENT: "said so",
      COMPANY_TOKEN: "mine",
    });
    expect(build({ host: { Path: "inherited" }, platform: "win32", policy: { set: { PATH: "own" } } })).toEqual({ PATH: "own" });
  });

  it("keeps the variables of two configurations apart", () => {
    const [one, two] = ["one", "two"].map((name) => new SafeListEnvironment({ host: { PATH: "/bin" }, policy: { set: { NAME: name } } }));
    expect(one?.build({ dialect, set: { PATH: "/other" } })).toEqual({ NAME: "one", PATH: "/other" });
    expect(two?.build({ dialect, set: {} })).toEqual({ NAME: "two", PATH: "/bin" });
  });

  it("reads the host's environment anew each time", () => {
    const host: Record<string, string> = { PATH: "/bin" };
    const environment = new SafeListEnvironment({ host });
    host["PATH"] = "/usr/bin";
    expect(environment.build({ dialect, set: {} })).toEqual({ PATH: "/usr/bin" });
  });

  it("uses this process's environment by default", () => {
    expect(new SafeListEnvironment().build({ dialect, set: {} })["PATH"]).toBe(process.env["PATH"]);
  });

  it("knows names in any case on Windows, and keeps one of them", () => {
    const host = { Path: String.raw`C:\bin`, SYSTEMROOT: String.raw`C:\Windows`, comspec: "cmd.exe", my_secret: "secret", Inside: "1" };
    const built = build({ host, platform: "win32", dialect: { inherited: ["INSIDE"], dropped: ["inside"] }, set: { PATH: String.raw`C:\other` } });
    expect(built).toEqual({ PATH: String.raw`C:\other`, SYSTEMROOT: String.raw`C:\Windows`, comspec: "cmd.exe" });
    expect(build({ host: { path: "lower", PATH: "/bin" } })).toEqual({ PATH: "/bin" });
  });

  // A copy on purpose: whoever adds a variable has to say so twice, and a reviewer sees it.
  it("has exactly this safe list", () => {
    expect(safeList.join(" ")).toBe(
      [
        "PATH HOME USER LOGNAME SHELL TMPDIR TMP TEMP XDG_*",
        "LANG LANGUAGE LC_* TZ TERM COLORTERM NO_COLOR",
        "DISPLAY WAYLAND_DISPLAY XAUTHORITY DBUS_SESSION_BUS_ADDRESS BROWSER",
        "EDITOR VISUAL PAGER",
        "SSH_AUTH_SOCK SSH_AGENT_PID GPG_TTY GNUPGHOME",
        "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy",
        "SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE GIT_SSL_CAINFO NIX_SSL_CERT_FILE",
        "GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM",
        "GIT_SSH GIT_SSH_COMMAND GIT_EDITOR",
        "NPM_CONFIG_PREFIX NVM_DIR NVM_BIN NVM_HOME NVM_SYMLINK FNM_DIR FNM_MULTISHELL_PATH VOLTA_HOME N_PREFIX COREPACK_HOME PNPM_HOME BUN_INSTALL DENO_DIR DENO_INSTALL",
        "ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR MISE_CONFIG_DIR MISE_CACHE_DIR",
        "HOMEBREW_PREFIX HOMEBREW_CELLAR HOMEBREW_REPOSITORY NIX_PATH NIX_PROFILES",
        "VIRTUAL_ENV PYENV_ROOT PYENV_VERSION PIPX_HOME PIPX_BIN_DIR POETRY_HOME UV_CACHE_DIR",
        "CONDA_EXE CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PYTHON_EXE CONDA_SHLVL MAMBA_EXE MAMBA_ROOT_PREFIX",
        "GOPATH GOROOT GOBIN GOCACHE GOMODCACHE GOPRIVATE GOTOOLCHAIN",
        "CARGO_HOME CARGO_TARGET_DIR RUSTUP_HOME RUSTUP_TOOLCHAIN",
        "GEM_HOME GEM_PATH RBENV_ROOT BUNDLE_PATH COMPOSER_HOME DOTNET_ROOT NUGET_PACKAGES",
        "JAVA_HOME MAVEN_HOME M2_HOME GRADLE_HOME GRADLE_USER_HOME SDKMAN_DIR",
        "ANDROID_HOME ANDROID_SDK_ROOT ANDROID_NDK_HOME DEVELOPER_DIR SDKROOT",
        "CC CXX PKG_CONFIG_PATH CMAKE_PREFIX_PATH VCPKG_ROOT CUDA_HOME CUDA_PATH",
        "DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH DOCKER_TLS_VERIFY CONTAINER_HOST KUBECONFIG",
        "WSL_DISTRO_NAME WSL_INTEROP WSLENV",
        "SystemRoot SystemDrive windir ComSpec PATHEXT OS NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE PSModulePath",
        "APPDATA LOCALAPPDATA USERPROFILE USERNAME USERDOMAIN COMPUTERNAME HOMEDRIVE HOMEPATH PUBLIC ALLUSERSPROFILE",
        "ProgramData ProgramFiles ProgramFiles(x86) ProgramW6432 CommonProgramFiles CommonProgramFiles(x86) CommonProgramW6432",
      ].join(" "),
    );
  });
});
