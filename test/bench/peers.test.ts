import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OUTPUTS, type Peer, peerCandidate } from '../../bench/peer-candidate.ts';

const MAIN = fileURLToPath(new URL('../../bench/peers/main.ts', import.meta.url));
const OUTPUT_OF_EACH = OUTPUTS.map(({ output }) => output);

/** An engine whose storage has these outputs of every build. */
function storing(stored: readonly unknown[]): { candidate: Peer; closed: () => boolean } {
  let builds = 0;
  let isClosed = false;
  return {
    closed: () => isClosed,
    candidate: {
      build: async () => `build-${builds++}`,
      stored: async () => stored,
      async close() {
        isClosed = true;
      },
    },
  };
}

const measure = ({ candidate }: { candidate: Peer }) =>
  peerCandidate('a peer', async () => candidate, 2, 3).run();

it('counts the start and ten steps of each build', async () => {
  const engine = storing(OUTPUT_OF_EACH);
  expect(await measure(engine)).toMatchObject({ operations: 33 });
  expect(engine.closed()).toBe(true);
});

it.each([
  [
    'skipped a step',
    OUTPUT_OF_EACH.with(3, undefined as never),
    'found undefined for implementation',
  ],
  ['stopped early', OUTPUT_OF_EACH.slice(0, 9), 'found undefined for deployment'],
  ['performed a step twice', [...OUTPUT_OF_EACH, OUTPUT_OF_EACH[9]], 'found 11 outputs'],
])('refuses an engine that %s', async (_, stored, found) => {
  const engine = storing(stored);
  await expect(measure(engine)).rejects.toThrow(
    `a peer did not perform the build 'build-0': ${found} in its storage; expected the outputs of 10 steps`,
  );
  expect(engine.closed()).toBe(true);
});

it.each([
  [['mongodb'], "unknown group 'mongodb'; expected memory, sqlite, postgres, redis"],
  [['memory', '--rounds', '0'], "--rounds: found '0', expected a whole number, 1 or more"],
])('refuses %j and says what is legal', (args, problem) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=baton-source', '--no-warnings', MAIN, ...args],
    { encoding: 'utf8' },
  );
  expect(status).toBe(2);
  expect(stderr).toBe(
    `${problem}\npnpm bench:peers [memory|sqlite|postgres|redis …] [--rounds 3]\n`,
  );
});
