import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type BatonClient, createBatonClient } from '@baton/client';
import { passingOutputs } from '@baton/core/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../packages/adapters/src/testing/free-port.ts';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';
import { builtScript } from '../../scripts/built.ts';

const main = await builtScript('packages/server/src/main.ts');
const build = { projectId: 'shop', userId: 'ada', requirements: {} };
const CALLERS = 16;

/** A server process on ports and a database that its successor takes over. */
async function aServer() {
  const folder = temporaryFolder();
  const [grpc, http] = [await freePort(), await freePort()];
  const run = async () => {
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: `sqlite:${join(folder, 'baton.sqlite')}`,
        BATON_GRPC_PORT: String(grpc),
        BATON_HTTP_PORT: String(http),
        BATON_DRAIN_SECONDS: '1',
      },
    });
    const exit = once(child, 'exit');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await exit;
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    await expect.poll(() => output).toContain('runs on');
    return { kill: (signal: NodeJS.Signals) => child.kill(signal) && exit };
  };
  return { grpc, http, run };
}

/** Starts builds, many at once and one after another, until it is told to stop. */
function load(client: BatonClient) {
  let started = 0;
  let stopped = false;
  const errors: unknown[] = [];
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let n = 0; !stopped; n++) {
      try {
        await client.start({ ...build, buildId: `${caller}-${n}` });
        started += 1;
      } catch (error) {
        errors.push(error);
      }
    }
  });
  return {
    errors,
    started: () => started,
    async stop() {
      stopped = true;
      await Promise.all(callers);
    },
  };
}

describe.each(['SIGKILL', 'SIGTERM'] as const)('a server that gets %s under load', (signal) => {
  it.each(['connect', 'grpc-web', 'grpc'] as const)(
    'is only away for a while: no call over %s fails, and a watch has no gap',
    async (protocol) => {
      const { grpc, http, run } = await aServer();
      const first = await run();
      const client = createBatonClient({
        baseUrl: `http://127.0.0.1:${protocol === 'grpc' ? grpc : http}`,
        protocol,
        retries: 40,
        backoffMs: 50,
      });
      onTestFinished(() => client.close());
      const { workflowId } = await client.start({ ...build, buildId: 'watched' });
      const seen: number[] = [];
      const watching = (async () => {
        for await (const { sequence } of client.watch({ workflowId })) {
          seen.push(sequence);
          if (sequence === 3) return;
        }
      })();
      const role = 'q_assistant';
      const advance = (completedState: 'discovery' | 'planning') =>
        client.advance({
          workflowId,
          role,
          completedState,
          result: passingOutputs[completedState],
        });
      await advance('discovery');
      await expect.poll(() => seen).toEqual([1, 2]);
      const calls = load(client);
      await expect.poll(calls.started).toBeGreaterThan(5 * CALLERS);
      await first.kill(signal);
      await run();
      const before = calls.started();
      await expect.poll(calls.started).toBeGreaterThan(before + CALLERS);
      await advance('planning');
      await calls.stop();
      await watching;
      expect(calls.errors).toEqual([]);
      expect(seen).toEqual([1, 2, 3]);
      const { total } = await client.projectStats({ projectId: 'shop' });
      expect(total).toBe(calls.started() + 1);
    },
  );
});
