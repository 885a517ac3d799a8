import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasPythonGrpc, PYTHON, PYTHON_WORKER } from '../workers/python.ts';
import { documents, start, startServer, TIMEOUT } from './harness.ts';

const SIDE_BY_SIDE = { ...TIMEOUT, concurrent: true };
const TEST = ['conformance', 'worker'];
const env = { PYTHONPATH: PYTHON_WORKER, PYTHONDONTWRITEBYTECODE: '1' };
const GOOD = `${PYTHON} ${join(PYTHON_WORKER, 'my_worker.py')}`;
const BAD = `${PYTHON} '${join(import.meta.dirname, '../workers/bad_worker.py')}' ends_badly`;

describe.skipIf(!hasPythonGrpc())('baton conformance worker', SIDE_BY_SIDE, () => {
  it('prints what a worker did, scenario by scenario', async () => {
    const options = ['--command', GOOD, '--only', 'normal,lost-answer'];
    const { code, stdout, stderr } = await start([...TEST, ...options], { env }).ended;
    expect([code, stderr]).toEqual([0, 'normal: passed\nlost-answer: passed\n']);
    const [headings, normal, lost, , counted] = stdout.split('\n');
    expect(headings).toMatch(/^SCENARIO +VERDICT +SEEN +EXPECTED$/);
    expect(normal).toMatch(/^normal +passed +performed discovery, .* +performs each phase/);
    expect(lost).toMatch(/^lost-answer +passed +repeated the report with the same request id/);
    expect(counted).toBe('2 passed');
  });

  it('ends with exit code 9 when a scenario fails, in JSON, too', async () => {
    const options = ['--command', BAD, '--only', 'normal,shutdown', '--concurrency', '2', '--json'];
    const { code, stdout, stderr } = await start([...TEST, ...options], { env }).ended;
    expect([code, stderr]).toEqual([9, '']);
    expect(documents(stdout)).toEqual([
      {
        results: [
          expect.objectContaining({ scenario: 'normal', verdict: 'passed' }),
          {
            ...{ scenario: 'shutdown', verdict: 'failed' },
            seen: 'it ended with exit code 3, expected exit code 0',
            expected: expect.any(String),
          },
        ],
      },
    ]);
  });

  it('fails a scenario with the workers of a server that has none', async () => {
    const { address } = await startServer();
    const options = ['--server', address, '--only', 'normal,shutdown', '--timeout', '0.5'];
    const { code, stdout } = await start([...TEST, ...options]).ended;
    expect(code).toBe(9);
    expect(stdout).toMatch(/^normal +failed +it did not take 'discovery' within 0.5 s/m);
    expect(stdout).toMatch(/^shutdown +not run /m);
    expect(stdout).toContain('1 failed, 1 not run');
  });

  it('stops at an interrupt', async () => {
    const running = start([...TEST, '--command', GOOD, '--only', 'normal,heartbeat'], { env });
    const [chunk] = await once(running.process.stderr as NodeJS.ReadStream, 'data');
    expect(String(chunk)).toBe('normal: passed\n');
    running.process.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
  });
});

it.each([
  [[], 'name the worker: --command'],
  [['--command', 'a && b'], "the command has '&&'"],
  [['--command', 'a', '--server', 'http://127.0.0.1:1'], 'cannot be used with'],
  [['--command', 'a', '--only', 'speed'], "found 'speed'"],
  [['--command', 'no-such-worker'], "cannot run 'no-such-worker'"],
  [['--command', 'a', '--concurrency', '0'], 'expected a number from 1, found 0'],
])('refuses %j', TIMEOUT, async (options, message) => {
  const { code, stderr } = await start([...TEST, ...options]).ended;
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

it('says when the server cannot be reached', TIMEOUT, async () => {
  const { code, stderr } = await start([...TEST, '--server', 'http://127.0.0.1:9']).ended;
  expect([code, stderr]).toEqual([5, expect.stringContaining('127.0.0.1:9')]);
});
