import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ScenarioResult, scenarioNames, testWorker } from '@baton/builds/conformance';
import { describe, expect, it } from 'vitest';
import { TEST_MS } from '../../packages/adapters/src/testing/patience.ts';
import { startServer } from '../interop/start-server.ts';
import { leaveBehind } from '../leftovers.ts';
import { builtGoWorker, hasGo } from './go.ts';
import { hasPythonGrpc, PYTHON, PYTHON_WORKER, startPython } from './python.ts';

const TIMEOUT = { timeout: TEST_MS };
/** Long enough for workers on a busy machine to keep their claims. */
const LEASE_SECONDS = '8';
/** What a worker does comes in seconds, on a slow and busy machine in a minute: it is waited for much longer. */
const timeoutMs = 300_000;
/** Workers at the same time, of one that is tested: tests that run side by side start as many each. */
const concurrency = 3;

const env = {
  ...process.env,
  PYTHONPATH: PYTHON_WORKER,
  PYTHONDONTWRITEBYTECODE: '1',
  BATON_LEASE_SECONDS: LEASE_SECONDS,
};

const tested = (argv: readonly string[], only?: readonly string[]) =>
  testWorker({ worker: { argv }, only, env, concurrency, timeoutMs });

function named(results: readonly ScenarioResult[], verdict: string): readonly string[] {
  return results.filter((one) => one.verdict === verdict).map(({ scenario }) => scenario);
}

describe.skipIf(!hasPythonGrpc())('a worker in Python (python3-grpcio)', () => {
  it('passes everything', TIMEOUT, async () => {
    const results = await tested([PYTHON, join(PYTHON_WORKER, 'my_worker.py')]);
    expect(named(results, 'passed'), JSON.stringify(results)).toEqual(scenarioNames);
  });

  it('passes everything with one of the roles', TIMEOUT, async () => {
    const results = await testWorker({
      worker: { argv: [PYTHON, join(PYTHON_WORKER, 'my_worker.py')] },
      ...{ roles: ['test_auditor'], env, concurrency, timeoutMs },
    });
    expect(named(results, 'passed'), JSON.stringify(results)).toEqual(scenarioNames);
    expect(results[0]?.seen).toBe('performed testing');
  });

  it(
    'passes at a server that it is connected to what can be seen from there',
    TIMEOUT,
    async () => {
      const { grpcAddress, httpUrl } = await startServer();
      startPython('my_worker.py', {
        BATON_GRPC_SERVER: grpcAddress,
        BATON_LEASE_SECONDS: LEASE_SECONDS,
      });
      const results = await testWorker({ worker: { server: httpUrl }, timeoutMs });
      expect(named(results, 'passed'), JSON.stringify(results)).toEqual([
        ...['normal', 'heartbeat', 'refused-outcome'],
      ]);
      expect(named(results, 'not_run')).toHaveLength(scenarioNames.length - 3);
    },
  );
});

describe.skipIf(!hasGo())('a worker in Go (golang-go)', () => {
  it('passes everything', TIMEOUT, async () => {
    const results = await tested([builtGoWorker()]);
    expect(named(results, 'passed'), JSON.stringify(results)).toEqual(scenarioNames);
  });
});

describe.skipIf(!hasPythonGrpc())('of a worker that', { concurrent: true }, () => {
  const bad = (fault: string) => [PYTHON, join(import.meta.dirname, 'bad_worker.py'), fault];

  it.each([
    ['ignores_withdrawals', 'withdrawal', 'reported what was withdrawn'],
    ['never_renews', 'heartbeat', 'let its claim run out'],
    ['makes_up_request_ids', 'lost-answer', 'repeated the report under 2 request ids'],
    ['crashes_on_a_refused_output', 'refused-outcome', 'it ended, with exit code 1'],
    ['ignores_sigterm', 'shutdown', 'it still ran 30 s after SIGTERM'],
  ])('%s, just %s fails', TIMEOUT, async (fault, scenario, seen) => {
    const results = await testWorker({
      worker: { argv: bad(fault) },
      ...{ env, concurrency, timeoutMs },
    });
    expect(named(results, 'failed'), JSON.stringify(results)).toEqual([scenario]);
    expect(results.find((one) => one.scenario === scenario)?.seen).toContain(seen);
    expect(named(results, 'passed')).toHaveLength(scenarioNames.length - 1);
  });

  it.each([
    ['ends_when_a_renewal_is_slow', 'slow-heartbeat', 'it ended, with exit code 1'],
    ['asks_once', 'duplicate-delivery', 'did not bring its part of a workflow to an end'],
    ['repeats_what_is_refused', 'lost-lease', 'that was refused each time'],
    ['ends_without_a_server', 'outage', 'it ended, with exit code 1'],
    ['leaves_its_claim', 'shutdown', "kept its claim on 'discovery'"],
    ['ends_badly', 'shutdown', 'it ended with exit code 3'],
  ])('%s, %s fails', TIMEOUT, async (fault, scenario, seen) => {
    const [result] = await testWorker({
      worker: { argv: bad(fault) },
      // The one that asks once is waited for until the time is over.
      ...{ env, only: [scenario], timeoutMs: 120_000 },
    });
    expect(result).toMatchObject({ verdict: 'failed', seen: expect.stringContaining(seen) });
  });

  it('answers otherwise, nothing is said but that', TIMEOUT, async () => {
    const [first, ...others] = await tested(bad('answers_otherwise'));
    expect(first).toMatchObject({
      ...{ scenario: 'normal', verdict: 'failed' },
      seen: expect.stringContaining(`summary of 'discovery' as "x", expected "A dark mode"`),
    });
    expect(named(others, 'not_run')).toHaveLength(scenarioNames.length - 1);
  });

  it('claims for longer than there is time, it is not held against leases', TIMEOUT, async () => {
    const results = await testWorker({
      worker: { argv: [PYTHON, join(PYTHON_WORKER, 'my_worker.py')] },
      ...{ only: ['heartbeat', 'withdrawal'], timeoutMs, concurrency },
      env: { ...env, BATON_LEASE_SECONDS: '600' },
    });
    expect(named(results, 'not_applicable')).toEqual(['heartbeat', 'withdrawal']);
    expect(results[0]?.seen).toContain('allow 1286 s');
  });
});

it('says which scenarios and roles there are', async () => {
  const worker = { argv: ['true'] };
  await expect(testWorker({ worker, only: ['speed'] })).rejects.toMatchObject({
    ...{ code: 'invalid_input', legal: scenarioNames },
    message: expect.stringContaining("found 'speed'"),
  });
  await expect(testWorker({ worker, roles: ['cook'] })).rejects.toMatchObject({
    message: expect.stringContaining('expected one or more of q_assistant'),
  });
  await expect(testWorker({ worker, timeoutMs: 0 })).rejects.toMatchObject({
    message: 'timeoutMs: expected a number from 1, found 0',
  });
});

it(
  'says that a program is missing, and what one that ends at once has printed',
  TIMEOUT,
  async () => {
    await expect(testWorker({ worker: { argv: ['no-such-worker'] } })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining("cannot run 'no-such-worker'"),
    });
    const argv = ['sh', '-c', 'echo no key for the model; exit 7'];
    const [first] = await testWorker({ worker: { argv }, only: ['normal'] });
    expect(first).toMatchObject({
      verdict: 'failed',
      seen: 'it ended, with exit code 7, and printed last: no key for the model',
    });
  },
);

it('stops with its signal, and leaves no worker behind', TIMEOUT, async () => {
  const stopping = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'baton-idle-'));
  leaveBehind(() => rmSync(folder, { recursive: true }));
  const argv = ['sh', '-c', 'echo $$ > id; exec sleep 600'];
  const running = testWorker({ worker: { argv }, cwd: folder, signal: stopping.signal });
  let id = 0;
  await expect
    .poll(() => {
      id = existsSync(join(folder, 'id')) ? Number(readFileSync(join(folder, 'id'), 'utf8')) : 0;
      return id;
    })
    .toBeGreaterThan(0);
  stopping.abort();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  await expect.poll(() => isThere(id)).toBe(false);
});

function isThere(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
