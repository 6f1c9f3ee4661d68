/**
 * The variables every child gets if the host has them. A name ending in `*` is a prefix.
 *
 * An agent hands its environment on to every tool it runs, so a variable is here only if a person's own terminal would have it and a
 * program stops working without it. Left out on purpose: anything that usually holds a secret (an agent's own credentials are its
 * dialect's business), `NODE_OPTIONS` and `LD_*` (they would load the host's own code into the child), `npm_config_*` (set by
 * `npm run` for the host; what a person sets in a profile is written in capitals) and `GIT_DIR` and the like (set by a hook that the host may run in).
 */
export const safeList: readonly string[] = [
  // Who and where
  "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "XDG_*",
  // Language, time and terminal
  "LANG", "LANGUAGE", "LC_*", "TZ", "TERM", "COLORTERM", "NO_COLOR",
  // Desktop session: opening a browser for a login, the keyring
  "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "BROWSER",
  // Editors and pagers
  "EDITOR", "VISUAL", "PAGER",
  // Keys that stay in their agents
  "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_TTY", "GNUPGHOME",
  // Network: proxies and certificates
  "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
  "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NIX_SSL_CERT_FILE",
  // Git
  "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM",
  "GIT_SSH", "GIT_SSH_COMMAND", "GIT_EDITOR",
  // JavaScript
  "NPM_CONFIG_PREFIX", "NVM_DIR", "NVM_BIN", "NVM_HOME", "NVM_SYMLINK", "FNM_DIR", "FNM_MULTISHELL_PATH", "VOLTA_HOME", "N_PREFIX", "COREPACK_HOME",
  "PNPM_HOME", "BUN_INSTALL", "DENO_DIR", "DENO_INSTALL",
  // Version managers of any language
  "ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "MISE_CONFIG_DIR", "MISE_CACHE_DIR",
  "HOMEBREW_PREFIX", "HOMEBREW_CELLAR", "HOMEBREW_REPOSITORY", "NIX_PATH", "NIX_PROFILES",
  // Python
  "VIRTUAL_ENV", "PYENV_ROOT", "PYENV_VERSION", "PIPX_HOME", "PIPX_BIN_DIR", "POETRY_HOME", "UV_CACHE_DIR",
  "CONDA_EXE", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_PYTHON_EXE", "CONDA_SHLVL", "MAMBA_EXE", "MAMBA_ROOT_PREFIX",
  // Go, Rust, Ruby, PHP, .NET
  "GOPATH", "GOROOT", "GOBIN", "GOCACHE", "GOMODCACHE", "GOPRIVATE", "GOTOOLCHAIN",
  "CARGO_HOME", "CARGO_TARGET_DIR", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN",
  "GEM_HOME", "GEM_PATH", "RBENV_ROOT", "BUNDLE_PATH", "COMPOSER_HOME", "DOTNET_ROOT", "NUGET_PACKAGES",
  // Java, Android, Apple
  "JAVA_HOME", "MAVEN_HOME", "M2_HOME", "GRADLE_HOME", "GRADLE_USER_HOME", "SDKMAN_DIR",
  "ANDROID_HOME", "ANDROID_SDK_ROOT", "ANDROID_NDK_HOME", "DEVELOPER_DIR", "SDKROOT",
  // C and C++
  "CC", "CXX", "PKG_CONFIG_PATH", "CMAKE_PREFIX_PATH", "VCPKG_ROOT", "CUDA_HOME", "CUDA_PATH",
  // Containers and clusters: where they are, not how to log in
  "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "CONTAINER_HOST", "KUBECONFIG",
  // WSL: calling Windows programs
  "WSL_DISTRO_NAME", "WSL_INTEROP", "WSLENV",
  // Windows: no program starts without these
  "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "OS", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "PSModulePath",
  "APPDATA", "LOCALAPPDATA", "USERPROFILE", "USERNAME", "USERDOMAIN", "COMPUTERNAME", "HOMEDRIVE", "HOMEPATH", "PUBLIC", "ALLUSERSPROFILE",
  "ProgramData", "ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "CommonProgramFiles", "CommonProgramFiles(x86)", "CommonProgramW6432",
];
