import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@baton/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startReceiver } from '../../packages/server/src/webhooks/testing/receiver.ts';
import { baton, documents, TIMEOUT } from './harness.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A server that tells `ops` of events and `chat` of questions, of which each answers with its status. */
async function told() {
  const folder = mkdtempSync(join(tmpdir(), 'baton-webhooks-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [ops, chat] = [await startReceiver(), await startReceiver()];
  const policies = join(folder, 'policies.json');
  const webhooks = [{ name: 'ops', url: ops.url, secretEnv: 'HOOK', allowPrivate: true }];
  const notify = [{ name: 'chat', chat: { urlEnv: 'CHAT', allowPrivate: true } }];
  writeFileSync(policies, JSON.stringify({ webhooks, notify }));
  const url = `sqlite:${join(folder, 'baton.sqlite')}`;
  const server = await serve({
    ...{ WORKFLOW_POLICIES: policies, DATABASE_URL: url, HOOK: SECRET, CHAT: chat.url },
    ...{ BATON_GRPC_PORT: '0', BATON_HTTP_PORT: '0', LOG_LEVEL: 'silent' },
  });
  onTestFinished(() => server.stop());
  const run = (...args: string[]) =>
    baton(['webhooks', ...args], { env: { DATABASE_URL: url, REDIS_URL: '' } });
  const json = async (...args: string[]) => documents((await run(...args, '--json')).stdout)[0];
  return { ops, chat, server, run, json, url };
}

describe('baton webhooks', TIMEOUT, () => {
  it('shows who is told, replays what was given up, and enables who is gone', async () => {
    const { ops, chat, server, run, json } = await told();
    for (const one of [ops, chat]) {
      one.answer = (response) => void response.writeHead(410).end('moved away');
    }
    const { orchestrator } = server;
    const build = { projectId: 'shop', buildId: 'b1', userId: 'ada', requirements: {} };
    const { workflowId } = await orchestrator.start(build);
    const claim = await orchestrator.claim({
      ...{ workflowId, worker: 'w', roles: ['q_assistant'], leaseMs: 60_000 },
    });
    const { token } = claim.claim;
    await orchestrator.ask({ workflowId, claimToken: token, questions: [{ text: 'Blue?' }] });
    const list = async () => (await json('list')).receivers;
    await expect.poll(list).toMatchObject([
      { name: 'chat', deadLetters: 1 },
      { name: 'ops', disabled: { reason: 'answered 410: moved away' }, deadLetters: 0 },
    ]);
    expect((await run('list')).stdout).toMatch(/^ops +no .* answered 410: moved away$/m);
    const dead = await run('dead', 'chat');
    expect(dead.stdout).toContain(workflowId);
    expect(dead.stdout).toContain('question_asked');
    for (const one of [ops, chat]) {
      one.received.length = 0;
      one.answer = (response) => void response.writeHead(204).end();
    }
    expect(await json('replay', 'chat', '--workflow', 'wf_other')).toMatchObject({ replayed: 0 });
    expect((await run('replay', 'chat')).stdout).toContain('delivers 1 of the dead letters');
    expect((await run('enable', 'ops')).stdout).toBe('ops is told of events again\n');
    await expect.poll(() => chat.received.length).toBe(1);
    await expect.poll(() => ops.received.length).toBe(3);
    expect((await run('dead', 'chat')).stdout).toBe('chat has no dead letters\n');
  });

  it.each([
    [['dead'], 'name: dead expects the name of a receiver'],
    [['list', 'ops'], "name: list takes none, found 'ops'"],
    [['dead', 'ops', '--workflow', 'wf_1'], '--workflow: goes with replay only'],
    [['replay', 'ops', '--sequence', '1'], '--sequence: goes with --workflow only'],
    [['send', 'ops'], 'Allowed choices are list, dead, replay, enable'],
    [['list', '--database', 'memory:'], 'memory: keeps nothing that another process'],
    [['list', '--database', 'mysql://a:hunter2@h'], 'DATABASE_URL: found'],
  ])('refuses %j', async (args, words) => {
    const { code, stderr } = await baton(['webhooks', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr).not.toContain('hunter2');
  });

  it('names a database that is not there, and the receivers that there are', async () => {
    const none = await baton(['webhooks', 'list', '--database', 'sqlite:/none/baton.sqlite']);
    expect([none.code, none.stderr]).toEqual([
      3,
      expect.stringContaining('there is no database at /none/baton.sqlite'),
    ]);
    const { run } = await told();
    for (const action of ['dead', 'replay', 'enable']) {
      const unknown = await run(action, 'oops');
      expect([unknown.code, unknown.stderr]).toEqual([
        3,
        expect.stringContaining("tells 'oops' of events; expected one of chat, ops"),
      ]);
    }
  });
});
