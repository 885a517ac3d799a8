import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AgentCapabilities,
  ClientContext,
  McpServer,
  PromptRequest,
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionUpdate,
  StopReason,
} from '@agentclientprotocol/sdk';
import { BatonError } from '@baton/core';
import type { CommandChannel } from '../../process/run-command.ts';
import { heardStream } from './acp-stream.ts';
import type { AgentHome } from './agent-home.ts';
import { loadAcp } from './agent-packages.ts';
import type { OutcomeServer } from './outcome-server.ts';

export interface AgentSessionOptions {
  readonly channel: CommandChannel;
  /** Absolute. */
  readonly cwd: string;
  readonly home: AgentHome;
  readonly server: Pick<OutcomeServer, 'url' | 'token'>;
  /** Whether the session of the attempt before goes on. */
  readonly continues: boolean;
  readonly mode: string | undefined;
  readonly authMethod: string | undefined;
  /** What to say first: the whole assignment, or what is new to a session that knows it. */
  prompt(isContinued: boolean): string;
  /** What to say after a turn that ended so; undefined: nothing more. */
  next(stopReason: StopReason): Promise<string | undefined>;
  /** Called with everything that is said to the agent. */
  onPrompt(text: string): void;
  onUpdate(update: SessionUpdate): void;
  onPermission(request: RequestPermissionRequest): RequestPermissionResponse;
  /** Resolves when an outcome is accepted, rejects when none can come any more. */
  readonly settled: Promise<void>;
  /** Aborts when the attempt is over. */
  readonly signal: AbortSignal;
}

/** How long a turn may go on after its outcome is accepted: what it writes then is part of the work. */
const TURN_END_MS = 15_000;
/** How long an agent has to end its turn when it is cancelled. */
const CANCEL_MS = 3000;

/** The code of JSON-RPC by which agents say that they are not logged in. */
const AUTHENTICATION_REQUIRED = -32_000;

/**
 * Talks with an agent over ACP until it has handed over, has nothing more to say, or the attempt is over. Its turn has
 * been ended, or cancelled, when this settles.
 *
 * @throws BatonError `invalid_input` for an agent that is not logged in, or speaks another protocol; what `settled`
 * rejects with; whatever broke the connection.
 */
export async function talkWithAgent(options: AgentSessionOptions): Promise<void> {
  const { channel, settled, signal } = options;
  const acp = await loadAcp();
  const turn: Turn = { sessionId: undefined, running: undefined };
  const stream = heardStream(
    acp.ndJsonStream(
      Writable.toWeb(channel.stdin),
      Readable.toWeb(channel.stdout) as ReadableStream<Uint8Array>,
    ),
  );
  const connection = acp
    .client({ name: 'baton' })
    .onRequest('session/request_permission', ({ params }) => options.onPermission(params))
    .onNotification('session/update', ({ params }) => {
      // What a session that is loaded says before it is there was said in an earlier attempt.
      if (turn.sessionId !== undefined) options.onUpdate(params.update);
    })
    .connect(stream);
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    const conversation = converse(connection.agent, acp.PROTOCOL_VERSION, options, turn);
    // What it says when it is cut off is of no use.
    conversation.catch(() => {});
    await Promise.race([conversation, settled, aborted]);
    if (!signal.aborted) await within(TURN_END_MS, turn.running, signal);
  } catch (reason) {
    throw explained(reason);
  } finally {
    await cancel(connection.agent, turn);
    connection.close();
  }
}

interface Turn {
  sessionId: string | undefined;
  /** Settles when the turn ends; undefined: none goes on. */
  running: Promise<unknown> | undefined;
}

async function converse(
  agent: ClientContext,
  protocolVersion: number,
  options: AgentSessionOptions,
  turn: Turn,
): Promise<void> {
  const { authMethod, mode } = options;
  const initialized = answered(
    'initialize',
    await agent.request('initialize', {
      protocolVersion,
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
      clientInfo: { name: 'baton', version: '1' },
    }),
  );
  if (initialized.protocolVersion !== protocolVersion) {
    const found = initialized.protocolVersion;
    throw new BatonError(
      'invalid_input',
      `the agent speaks version ${found} of the Agent Client Protocol, expected ${protocolVersion}`,
    );
  }
  if (authMethod !== undefined) await agent.request('authenticate', { methodId: authMethod });
  const { agentCapabilities = {} } = initialized;
  const { sessionId, isContinued } = await beginSession(agent, agentCapabilities, options);
  turn.sessionId = sessionId;
  if (mode !== undefined) await agent.request('session/set_mode', { sessionId, modeId: mode });
  for (let text: string | undefined = options.prompt(isContinued); text !== undefined; ) {
    const params: PromptRequest = { sessionId, prompt: [{ type: 'text', text }] };
    options.onPrompt(text);
    const running = agent.request('session/prompt', params);
    turn.running = running.catch(() => {});
    const { stopReason } = answered('session/prompt', await running);
    turn.running = undefined;
    text = await options.next(stopReason);
  }
}

async function beginSession(
  agent: ClientContext,
  capabilities: AgentCapabilities,
  { cwd, home, server, continues }: AgentSessionOptions,
): Promise<{ readonly sessionId: string; readonly isContinued: boolean }> {
  // An agent without MCP over HTTP hands over by its last message.
  const headers = [{ name: 'Authorization', value: `Bearer ${server.token}` }];
  const mcpServers: McpServer[] = capabilities.mcpCapabilities?.http
    ? [{ type: 'http', name: 'baton', url: server.url, headers }]
    : [];
  const known = continues ? await home.session() : undefined;
  const continuing = capabilities.sessionCapabilities?.resume
    ? 'session/resume'
    : capabilities.loadSession && 'session/load';
  if (known !== undefined && continuing) {
    try {
      await agent.request(continuing, { sessionId: known, cwd, mcpServers });
      return { sessionId: known, isContinued: true };
    } catch {
      // It is not there any more, or cannot be read: a fresh one gets all that it needs.
    }
  }
  const { sessionId } = answered(
    'session/new',
    await agent.request('session/new', { cwd, mcpServers }),
  );
  await home.remember(sessionId);
  return { sessionId, isContinued: false };
}

/** The SDK does not look at what comes back. */
function answered<T>(method: string, found: T): T {
  if (typeof found === 'object' && found !== null) return found;
  throw new Error(
    `the agent answered '${method}' with ${JSON.stringify(found)?.slice(0, 100)}, expected an object`,
  );
}

async function cancel(agent: ClientContext, { sessionId, running }: Turn): Promise<void> {
  if (sessionId === undefined || running === undefined) return;
  await agent.notify('session/cancel', { sessionId }).catch(() => {});
  await within(CANCEL_MS, running);
}

async function within(
  ms: number,
  work: Promise<unknown> | undefined,
  signal?: AbortSignal,
): Promise<void> {
  if (work === undefined) return;
  const waiting = new AbortController();
  const signals = [waiting.signal, ...(signal === undefined ? [] : [signal])];
  const late = sleep(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => {});
  await Promise.race([work, late]).finally(() => waiting.abort());
}

function explained(reason: unknown): unknown {
  if (BatonError.is(reason)) return reason;
  const { code, message } = reason as { readonly code?: unknown; readonly message?: unknown };
  if (code !== AUTHENTICATION_REQUIRED) return reason;
  return new BatonError('invalid_input', `the agent is not logged in: ${message}`);
}
