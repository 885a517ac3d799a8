// A small coding agent over ACP, without a model: what it does is named by its first argument.
// node example-agent.ts good|wrong|text|crash|hang|deaf|flood|permission|silent|child|…
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AgentContext,
  agent,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { RESULT } from './hello.ts';

const [behaviour = 'good', sibling = ''] = process.argv.slice(2);
const sessions = join(process.env['HOME'] ?? '.', 'sessions');
const servers = new Map<string, { url: string; headers: { name: string; value: string }[] }>();
let cancelled = false;

type Server = { type?: string; url?: string; headers?: { name: string; value: string }[] };

function keep(sessionId: string, [server]: readonly Server[] = []): void {
  if (server?.url !== undefined)
    servers.set(sessionId, { url: server.url, headers: server.headers ?? [] });
}

async function call(sessionId: string, name: string, input: object): Promise<string> {
  const server = servers.get(sessionId);
  if (server === undefined) throw new Error('there is no MCP server');
  const headers = Object.fromEntries(server.headers.map((one) => [one.name, one.value]));
  const client = new Client({ name: 'example', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }),
  );
  const reply = await client.callTool({ name, arguments: { ...input } });
  await client.close();
  return (reply.content as { text?: string }[]).map(({ text }) => text ?? '').join('\n');
}

/** Goes on writing when its parent is gone. */
function child(): void {
  const write = `require('fs').appendFileSync(${JSON.stringify(sibling)}, 'x')`;
  const code = `process.on('SIGTERM', () => {}); setInterval(() => ${write}, 5)`;
  spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
}

async function perform(client: AgentContext, sessionId: string, prompt: string): Promise<void> {
  const say = (text: string) =>
    client.notify('session/update', {
      sessionId,
      update: { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } },
    });
  appendFileSync(join(sessions, sessionId), `${JSON.stringify(prompt)}\n`);
  const turns = readFileSync(join(sessions, sessionId), 'utf8').trim().split('\n').length;
  switch (behaviour) {
    case 'wrong': {
      writeFileSync('hello.txt', 'hello\n');
      await say(await call(sessionId, 'submit', { summary: 5 }));
      break;
    }
    case 'always-wrong':
      for (let n = 0; n < 10; n++) await say(await call(sessionId, 'submit', { summary: 5 }));
      return;
    case 'text':
      writeFileSync('hello.txt', 'hello\n');
      return say(
        `Done.\n\`\`\`json\n${JSON.stringify({ kind: 'advance', result: RESULT })}\n\`\`\``,
      );
    case 'silent':
      if (turns === 1) return say('I am done, I think.');
      break;
    case 'model': {
      // Asks its model as its command was told to.
      const { BATON_MODEL_URL: url, BATON_MODEL_TOKEN: token = '' } = process.env;
      const reply = await fetch(`${url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': token, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: process.env['BATON_MODEL'],
          max_tokens: 100,
          messages: [{ role: 'user', content: `env ${JSON.stringify(process.env)}` }],
        }),
      });
      await say(`${reply.status} ${await reply.text()}`);
      writeFileSync('greeting.txt', 'hello\n');
      await call(sessionId, 'submit', { summary: 'greets', changedFiles: ['greeting.txt'] });
      return;
    }
    case 'greet': {
      // Wrong until its work has come back to it.
      writeFileSync('greeting.txt', turns === 1 ? 'goodbye\n' : 'hello\n');
      await call(sessionId, 'submit', { summary: 'greets', changedFiles: ['greeting.txt'] });
      return;
    }
    case 'refuse':
      return;
    case 'killed':
      child();
      while (!existsSync(sibling)) await sleep(20);
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'crash':
      console.error('out of luck');
      return process.exit(3);
    case 'hang':
      while (!cancelled) await sleep(20);
      return;
    case 'deaf':
      process.on('SIGTERM', () => {});
      child();
      return new Promise(() => setInterval(() => appendFileSync('deaf.txt', 'x'), 5));
    case 'flood':
      for (let n = 0; n < 5000; n++) await say(`line ${n} ${'x'.repeat(200)}\n`);
      break;
    case 'permission':
    case 'permission-by-id': {
      const toolCall = {
        toolCallId: 'c1',
        kind: 'execute' as const,
        title: 'rm -rf build',
        rawInput: { command: 'rm -rf build' },
      };
      const options = [
        { optionId: 'y', name: 'Yes', kind: 'allow_once' as const },
        { optionId: 'n', name: 'No', kind: 'reject_once' as const },
      ];
      if (behaviour === 'permission-by-id') {
        const update = { ...toolCall, sessionUpdate: 'tool_call' as const };
        await client.notify('session/update', { sessionId, update });
      }
      const named = behaviour === 'permission' ? toolCall : { toolCallId: 'c1' };
      const asked: RequestPermissionRequest = { sessionId, toolCall: named, options };
      const { outcome } = await client.request('session/request_permission', asked);
      if (outcome.outcome === 'cancelled') return;
      writeFileSync('hello.txt', outcome.optionId);
      break;
    }
    case 'late':
      await call(sessionId, 'submit', { ...RESULT, changedFiles: [] });
      writeFileSync('late.txt', 'late');
      return;
    case 'ask':
      await say(await call(sessionId, 'ask_user', { questions: [{ text: 'Which?' }] }));
      return;
    case 'asks-by':
      await say(await call(sessionId, sibling, { questions: [{ text: 'Which?' }] }));
      return;
    case 'acts': {
      const update = (one: SessionUpdate) =>
        client.notify('session/update', { sessionId, update: one });
      const text = (words: string) => ({ type: 'text', text: words }) as const;
      await update({ sessionUpdate: 'agent_thought_chunk', content: text('A file, then.') });
      await update({ sessionUpdate: 'agent_message_chunk', content: text('I write ') });
      await update({ sessionUpdate: 'agent_message_chunk', content: text('the file.') });
      const priority = 'medium';
      await update({
        sessionUpdate: 'plan',
        entries: [
          { content: 'write', priority, status: 'in_progress' },
          { content: 'test', priority, status: 'pending' },
        ],
      });
      await update({
        ...{ sessionUpdate: 'tool_call', toolCallId: 'c1', title: 'edit hello.txt', kind: 'edit' },
        rawInput: { path: 'hello.txt' },
      });
      const path = join(process.cwd(), 'hello.txt');
      writeFileSync(path, 'hello\n');
      await update({
        ...{ sessionUpdate: 'tool_call_update', toolCallId: 'c1', status: 'completed' },
        content: [{ type: 'diff', path, newText: 'hello\n' }],
        rawOutput: { lines: 1 },
      });
      await say(await call(sessionId, 'submit', RESULT));
      await update({ sessionUpdate: 'tool_call', toolCallId: 'c2', title: 'make' });
      return;
    }
    case 'escape': {
      const tries = [sibling, join(process.env['HOME'] ?? '', '..', 'escaped')].map((place) => {
        try {
          writeFileSync(place, 'escaped');
          return `wrote ${place}`;
        } catch (reason) {
          return String(reason);
        }
      });
      await say(tries.join('; '));
    }
  }
  writeFileSync('hello.txt', existsSync('hello.txt') ? readFileSync('hello.txt') : 'hello\n');
  await say(await call(sessionId, 'submit', RESULT));
}

agent({ name: 'example' })
  .onRequest('initialize', () => ({
    protocolVersion: behaviour === 'other-version' ? 0 : PROTOCOL_VERSION,
    agentCapabilities: {
      mcpCapabilities: { http: behaviour !== 'text' },
      sessionCapabilities: { resume: {} },
    },
  }))
  .onRequest('session/new', ({ params }) => {
    mkdirSync(sessions, { recursive: true });
    const sessionId = `s${process.pid}`;
    keep(sessionId, params.mcpServers as Server[]);
    return { sessionId };
  })
  .onRequest('session/resume', ({ params }) => {
    if (!existsSync(join(sessions, params.sessionId))) throw new Error('no such session');
    keep(params.sessionId, params.mcpServers as Server[]);
    return {};
  })
  .onRequest('session/prompt', async ({ params, client }) => {
    const [first] = params.prompt;
    await perform(client, params.sessionId, first?.type === 'text' ? first.text : '');
    return {
      stopReason: cancelled ? 'cancelled' : behaviour === 'refuse' ? 'refusal' : 'end_turn',
    };
  })
  .onNotification('session/cancel', () => {
    cancelled = true;
  })
  .connect(
    ndJsonStream(
      Writable.toWeb(process.stdout),
      Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    ),
  );
