import type { DialectEnvironment } from "../../ports/agent-dialect.js";

/** Where Pi keeps its own folder below the home directory. */
export const defaultAgentDir: readonly string[] = [".pi", "agent"];

/** Pi's own folder: settings, credentials, models, sessions. */
export const agentDirVariable = "PI_CODING_AGENT_DIR";

/** The variables from which Pi's built-in providers take credentials and where to find their service. */
const providerVariables = [
  "AI_GATEWAY_API_KEY",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_FEDERATION_RULE_ID",
  "ANTHROPIC_IDENTITY_TOKEN_FILE",
  "ANTHROPIC_OAUTH_TOKEN",
  "ANTHROPIC_ORGANIZATION_ID",
  "ANTHROPIC_SERVICE_ACCOUNT_ID",
  "ANTHROPIC_WORKSPACE_ID",
  "ANT_LING_API_KEY",
  // The AWS SDK inside Pi reads many more than Pi names: profiles, roles, regions, endpoints, container credentials.
  "AWS_*",
  "AZURE_OPENAI_*",
  "BASETEN_API_KEY",
  "CEREBRAS_API_KEY",
  "CLOUDFLARE_ACCOUNT_ID",
  "CLOUDFLARE_API_KEY",
  "CLOUDFLARE_GATEWAY_ID",
  "COPILOT_GITHUB_TOKEN",
  "DEEPSEEK_API_KEY",
  "FIREWORKS_API_KEY",
  "GCLOUD_PROJECT",
  "GEMINI_API_KEY",
  "GOOGLE_APPLICATION_CREDENTIALS",
  "GOOGLE_CLOUD_API_KEY",
  "GOOGLE_CLOUD_LOCATION",
  "GOOGLE_CLOUD_PROJECT",
  "GROQ_API_KEY",
  "HF_HOME",
  "HF_TOKEN",
  "HF_TOKEN_PATH",
  "KIMI_API_KEY",
  "KIMI_CODE_OAUTH_HOST",
  "KIMI_OAUTH_HOST",
  "LLAMA_API_KEY",
  "LLAMA_BASE_URL",
  "META_API_KEY",
  "MINIMAX_API_KEY",
  "MINIMAX_CN_API_KEY",
  "MISTRAL_API_KEY",
  "MOONSHOT_API_KEY",
  "NVIDIA_API_KEY",
  "OPENAI_API_KEY",
  "OPENCODE_API_KEY",
  "OPENROUTER_API_KEY",
  "QWEN_TOKEN_PLAN_API_KEY",
  "QWEN_TOKEN_PLAN_CN_API_KEY",
  "RADIUS_API_KEY",
  "TOGETHER_API_KEY",
  "TYPESAFE_API_KEY",
  "XAI_API_KEY",
  "XIAOMI_API_KEY",
  "XIAOMI_TOKEN_PLAN_AMS_API_KEY",
  "XIAOMI_TOKEN_PLAN_CN_API_KEY",
  "XIAOMI_TOKEN_PLAN_SGP_API_KEY",
  "ZAI_API_KEY",
  "ZAI_CODING_CN_API_KEY",
];

/** How Pi, a Node program, reaches the network. Both spellings of the proxy variables are in use. */
const networkVariables = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "NODE_EXTRA_CA_CERTS"];

export const piEnvironment: DialectEnvironment = {
  inherited: ["PI_*", ...providerVariables, ...networkVariables],
  // Which Pi runs is the user's affair; a session in a host has no place to announce a newer one. Telemetry, offline mode and
  // everything else that the user may have chosen is left as it is.
  fixed: { PI_SKIP_VERSION_CHECK: "1" },
  dropped: [
    // Marks that a Pi sets for the programs it starts. The host may be one of them; its agents are not that Pi's children.
    "PI_CODING_AGENT",
    "AI_AGENT",
    "PI_SESSION_ID",
    "PI_SESSION_FILE",
    "PI_PROVIDER",
    "PI_MODEL",
    "PI_REASONING_LEVEL",
    // Makes Pi end at once in RPC mode.
    "PI_STARTUP_BENCHMARK",
  ],
  agentDirVariable,
  defaultAgentDir,
};
