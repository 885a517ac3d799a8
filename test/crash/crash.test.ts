import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteStore } from '@baton/adapters/sqlite';
import { describe, expect, it } from 'vitest';
import { builtScript } from '../../scripts/built.ts';
import { carryBuild } from './carry-build.ts';
import { CRASH_POINTS, type CrashPoint, createFuse } from './crash-point.ts';

const script = await builtScript('test/crash/build-process.ts');

/**
 * How often a whole build passes each point: the first claim, and 6 reports, each of which accepts the handoff
 * and claims the next phase in the same commit; 6 phases.
 */
const PASSES: Readonly<Record<CrashPoint, number>> = {
  'before commit': 7,
  'after commit': 7,
  'before acknowledgement': 6,
  'in a role': 6,
};

const WALK = [
  'discovery → planning',
  'planning → handoff_to_coder',
  'handoff_to_coder → implementation',
  'implementation → handoff_to_tester',
  'handoff_to_tester → testing',
  'testing → handoff_to_verifier',
  'handoff_to_verifier → verification',
  'verification → handoff_to_releaser',
  'handoff_to_releaser → deployment',
  'deployment → complete',
];

/** How a process that carries the build ended: its signal, or its exit code. */
function run(path: string, point: CrashPoint, nth: number) {
  return new Promise<string>((resolve, reject) => {
    const argv = ['--no-warnings', script, path, point, String(nth)];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ?? String(code)));
  });
}

async function crashAndResume(path: string, point: CrashPoint, nth: number): Promise<void> {
  expect(await run(path, point, nth)).toBe('SIGKILL');
  // A minute on: the claim of the process that died has expired. This process goes on.
  await carryBuild({ path, aheadMs: 60_000, fuse: createFuse(undefined, 0) });
  const store = await createSqliteStore({ path });
  try {
    const [workflow] = await store.listWorkflows({ limit: 10 });
    expect(workflow).toMatchObject({ state: 'complete', handoffs: 10, retries: 0 });
    const workflowId = workflow?.id ?? '';
    const events = await store.readEvents({ workflowId, after: 0, limit: 100 });
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, i) => i + 1));
    expect(workflow?.sequence).toBe(events.length);
    const moves = events.filter(({ type }) => type === 'state_advanced');
    expect(moves.map(({ data }) => `${data['from']} → ${data['to']}`)).toEqual(WALK);
    const handoffs = await store.readHandoffs({ workflowId, after: 0, limit: 100 });
    expect(handoffs.map((one) => `${one.fromState} → ${one.toState}`)).toEqual(WALK);
    expect(await store.readStats('p')).toMatchObject({ total: 1, completed: 1, failed: 0 });
  } finally {
    await store.close();
  }
}

describe('a build whose process is killed', () => {
  it.each(CRASH_POINTS)(
    '%s, whichever time it passes there, is resumed: nothing lost, nothing doubled',
    async (point) => {
      const folder = await mkdtemp(join(tmpdir(), 'baton-crash-'));
      try {
        for (let nth = 1; nth <= PASSES[point]; nth++) {
          await crashAndResume(join(folder, `${nth}.db`), point, nth);
        }
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );
});
