import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { piEnvironment } from "../../../src/adapters/pi/environment.js";

const modules = resolve(import.meta.dirname, "../../../node_modules");

const providerVariables = `
  AI_GATEWAY_API_KEY ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_FEDERATION_RULE_ID ANTHROPIC_IDENTITY_TOKEN_FILE
  ANTHROPIC_OAUTH_TOKEN ANTHROPIC_ORGANIZATION_ID ANTHROPIC_SERVICE_ACCOUNT_ID ANTHROPIC_WORKSPACE_ID ANT_LING_API_KEY
  AWS_* AZURE_OPENAI_* BASETEN_API_KEY CEREBRAS_API_KEY CLOUDFLARE_ACCOUNT_ID CLOUDFLARE_API_KEY CLOUDFLARE_GATEWAY_ID
  COPILOT_GITHUB_TOKEN DEEPSEEK_API_KEY FIREWORKS_API_KEY GCLOUD_PROJECT GEMINI_API_KEY GOOGLE_APPLICATION_CREDENTIALS
  GOOGLE_CLOUD_API_KEY GOOGLE_CLOUD_LOCATION GOOGLE_CLOUD_PROJECT GROQ_API_KEY HF_HOME HF_TOKEN HF_TOKEN_PATH KIMI_API_KEY
  KIMI_CODE_OAUTH_HOST KIMI_OAUTH_HOST LLAMA_API_KEY LLAMA_BASE_URL META_API_KEY MINIMAX_API_KEY MINIMAX_CN_API_KEY
  MISTRAL_API_KEY MOONSHOT_API_KEY NVIDIA_API_KEY OPENAI_API_KEY OPENCODE_API_KEY OPENROUTER_API_KEY
  QWEN_TOKEN_PLAN_API_KEY QWEN_TOKEN_PLAN_CN_API_KEY RADIUS_API_KEY TOGETHER_API_KEY TYPESAFE_API_KEY XAI_API_KEY
  XIAOMI_API_KEY XIAOMI_TOKEN_PLAN_AMS_API_KEY XIAOMI_TOKEN_PLAN_CN_API_KEY XIAOMI_TOKEN_PLAN_SGP_API_KEY ZAI_API_KEY
  ZAI_CODING_CN_API_KEY
`;

function isInherited(name: string): boolean {
  return piEnvironment.inherited.some((entry) => (entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry));
}

describe("piEnvironment", () => {
  it("is pinned: a name more or less is a decision", () => {
    expect(piEnvironment).toEqual({
      inherited: [
        "PI_*",
        ...providerVariables.trim().split(/\s+/),
        ..."HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy NODE_EXTRA_CA_CERTS".split(" "),
      ],
      fixed: { PI_SKIP_VERSION_CHECK: "1" },
      dropped: "PI_CODING_AGENT AI_AGENT PI_SESSION_ID PI_SESSION_FILE PI_PROVIDER PI_MODEL PI_REASONING_LEVEL PI_STARTUP_BENCHMARK".split(" "),
      agentDirVariable: "PI_CODING_AGENT_DIR",
      defaultAgentDir: [".pi", "agent"],
    });
  });

  it.each(["@earendil-works/pi-ai", "pi-cumulative-era/node_modules/@earendil-works/pi-ai"])("holds every variable %s takes credentials from", (installed) => {
    const source = readFileSync(join(modules, installed, "dist/env-api-keys.js"), "utf8");
    const names = [...source.matchAll(/"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)].map(([, name]) => name ?? "");
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !isInherited(name))).toEqual([]);
  });

  it.each(["PI_CODING_AGENT_DIR", "PI_OFFLINE", "PI_TELEMETRY", "AWS_PROFILE", "HTTPS_PROXY"])("passes the user's %s on", (name) => {
    expect(isInherited(name)).toBe(true);
    expect(piEnvironment.dropped).not.toContain(name);
  });

  it.each(["GITHUB_TOKEN", "NPM_TOKEN", "DATABASE_URL", "SECRET", "NODE_OPTIONS", "T3_AUTH_TOKEN"])("has no business with %s", (name) => {
    expect(isInherited(name)).toBe(false);
  });

  it("drops the marks of a Pi that the host itself runs in, and keeps its own", () => {
    for (const mark of ["PI_CODING_AGENT", "AI_AGENT", "PI_SESSION_ID", "PI_SESSION_FILE", "PI_MODEL"]) expect(piEnvironment.dropped).toContain(mark);
    expect(Object.keys(piEnvironment.fixed).filter((name) => piEnvironment.dropped.includes(name))).toEqual([]);
  });
});
