/** Where an agent finds its models, and what it shows there. */
export interface ModelEndpoint {
  /** Base URL, without a path: `http://127.0.0.1:41234`. */
  readonly url: string;
  /** The key or token for it. */
  readonly key: string;
}

/** What an agent is started with. */
export interface AgentSetup {
  /** A folder of its own for what it keeps: settings, sessions, caches. Absolute. */
  readonly home: string;
  /** Undefined: the agent's own default. */
  readonly model: string | undefined;
  /** Undefined: it has what the user has set up for it. */
  readonly endpoint: ModelEndpoint | undefined;
  /** Whether a wall confines it, so that it needs none of its own. */
  readonly confined: boolean;
}

/** How an agent is started and spoken with, over the Agent Client Protocol (version 1). */
export interface AgentProfile {
  /** As people know it, for messages. */
  readonly title: string;
  /** The program and its arguments; it speaks ACP over stdin and stdout. */
  readonly command: readonly string[];
  /** The commands that install it, for messages. */
  readonly install: readonly string[];
  /** Variables that it needs. */
  env(setup: AgentSetup): Readonly<Record<string, string>>;
  /** The session mode that is set; undefined: the agent's own default. */
  readonly mode?: string;
  /** Name of the tool by which it asks a person, where it has one of the usual name itself. Default: `ask_user`. */
  readonly askTool?: string;
  /** How it authenticates with an endpoint, where it has to be told. */
  readonly authMethod?: string;
  /** Which API it asks its models by; undefined: that depends on its settings. */
  readonly api?: 'anthropic' | 'openai' | 'gemini';
  /** The family of the models that it has by default, for separation of duties. */
  readonly family?: string;
  /** The model that it must be given, where its own default is not one that every key may use. */
  readonly defaultModel?: string;
}

const claude: AgentProfile = {
  title: 'Claude Code',
  command: ['claude-agent-acp'],
  install: ['npm install --global @agentclientprotocol/claude-agent-acp'],
  api: 'anthropic',
  family: 'claude',
  // Its own default is what the user last chose in a terminal.
  mode: 'default',
  env: ({ home, model, endpoint, confined }) => ({
    CLAUDE_CONFIG_DIR: home,
    DISABLE_TELEMETRY: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    // Else it looks for our tools by a search, and may not find them.
    ENABLE_TOOL_SEARCH: 'false',
    ...(confined && { IS_SANDBOX: '1' }),
    ...(model !== undefined && { ANTHROPIC_MODEL: model }),
    ...(endpoint && { ANTHROPIC_BASE_URL: endpoint.url, ANTHROPIC_API_KEY: endpoint.key }),
  }),
};

const codex: AgentProfile = {
  title: 'Codex',
  command: ['codex-acp'],
  install: ['npm install --global @agentclientprotocol/codex-acp'],
  api: 'openai',
  family: 'gpt',
  env: ({ home, model, endpoint, confined }) => ({
    CODEX_HOME: home,
    NO_BROWSER: '1',
    // Its own sandbox cannot be put up within another.
    ...(confined && { INITIAL_AGENT_MODE: 'agent-full-access' }),
    ...(endpoint && {
      OPENAI_API_KEY: endpoint.key,
      CODEX_API_KEY: endpoint.key,
      MODEL_PROVIDER: 'baton',
    }),
    CODEX_CONFIG: JSON.stringify({
      ...(model !== undefined && { model }),
      ...(endpoint && {
        model_provider: 'baton',
        model_providers: {
          baton: {
            name: 'baton',
            base_url: `${endpoint.url}/v1`,
            env_key: 'OPENAI_API_KEY',
            wire_api: 'responses',
          },
        },
      }),
    }),
  }),
};

const gemini: AgentProfile = {
  title: 'Gemini CLI',
  command: ['gemini', '--acp'],
  install: ['npm install --global @google/gemini-cli'],
  api: 'gemini',
  family: 'gemini',
  authMethod: 'gemini-api-key',
  // It does not offer ours to its model when it has one of that name.
  askTool: 'ask_person',
  defaultModel: 'gemini-2.5-pro',
  env: ({ home, model, endpoint }) => ({
    GEMINI_CLI_HOME: home,
    GEMINI_TELEMETRY_ENABLED: 'false',
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
    GEMINI_CLI_NO_RELAUNCH: 'true',
    ...(model !== undefined && { GEMINI_MODEL: model }),
    ...(endpoint && { GEMINI_API_KEY: endpoint.key, GOOGLE_GEMINI_BASE_URL: endpoint.url }),
  }),
};

const opencode: AgentProfile = {
  title: 'OpenCode',
  command: ['opencode', 'acp'],
  install: ['npm install --global opencode-ai'],
  api: 'openai',
  env: ({ home, model, endpoint }) => ({
    XDG_DATA_HOME: `${home}/data`,
    XDG_CONFIG_HOME: `${home}/config`,
    XDG_CACHE_HOME: `${home}/cache`,
    XDG_STATE_HOME: `${home}/state`,
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_CONFIG_CONTENT: JSON.stringify({
      share: 'disabled',
      autoupdate: false,
      ...(endpoint === undefined
        ? model !== undefined && { model }
        : {
            model: `baton/${model}`,
            small_model: `baton/${model}`,
            provider: {
              baton: {
                npm: '@ai-sdk/openai-compatible',
                name: 'baton',
                options: { baseURL: `${endpoint.url}/v1`, apiKey: endpoint.key },
                models: { [String(model)]: { tool_call: true } },
              },
            },
          }),
    }),
  }),
};

/** The agents that Baton knows how to start. */
export const AGENTS = { claude, codex, gemini, opencode } as const satisfies Record<
  string,
  AgentProfile
>;

export type AgentName = keyof typeof AGENTS;
