import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRepository } from '../../packages/adapters/src/testing/git.ts';
import { temporaryFolder } from '../../packages/adapters/src/testing/temporary-folder.ts';
import { type Asked, type Audit, auditFleet, isClean } from './audit-fleet.ts';
import type { LedgerLine } from './fleet-roles.ts';

/** What the fleet leaves behind. */
interface Left {
  state: string;
  /** Accepted outputs: what a handoff out of a state says. */
  readonly handoffs: { fromState: string; nonce: string }[];
  readonly sequences: number[];
  readonly ledger: LedgerLine[];
  /** Lines in the files at the last checkpoint. */
  readonly files: string[];
}

const nonceOf = (state: string, attempt = 1): string => `wf_1/${state}/1/${attempt}/99`;

function line(state: string, attempt = 1): LedgerLine {
  return { nonce: nonceOf(state, attempt), workflowId: 'wf_1', expected: 'd', digest: 'd' };
}

/** A build of two phases, of whose first phase one attempt was lost. */
function cleanly(): Left {
  return {
    state: 'complete',
    handoffs: ['discovery', 'planning'].map((state) => ({
      fromState: state,
      nonce: nonceOf(state, state === 'discovery' ? 2 : 1),
    })),
    sequences: [1, 2, 3],
    ledger: [line('discovery'), line('discovery', 2), line('planning')],
    files: [nonceOf('discovery', 2), nonceOf('planning')],
  };
}

function audit({ state, handoffs, sequences, ledger, files }: Left): Promise<Audit> {
  const folder = temporaryFolder();
  const git = createRepository(folder);
  writeFileSync(join(folder, 'log.txt'), `${files.join('\n')}\n`);
  git('add', '.');
  git('commit', '--quiet', '--message', 'work');
  const commit = git('rev-parse', 'HEAD').trim();
  const path = join(folder, 'ledger');
  // The last line is of a worker that was killed while it wrote.
  writeFileSync(path, `${ledger.map((one) => JSON.stringify(one)).join('\n')}\n{"nonce":"wf`);
  const client = {
    status: async () => ({ state, checkpoint: { commit, digest: 'd' } }),
    history: async () => ({
      handoffs: handoffs.map(({ fromState, nonce }) => ({ fromState, data: { nonce } })),
      nextPageToken: undefined,
    }),
    async *watch() {
      for (const sequence of sequences) yield { sequence };
    },
  } as unknown as Asked;
  return auditFleet({ client, ids: ['wf_1'], ledger: path, remote: folder });
}

describe('the audit of the fleet', () => {
  it('finds nothing in a build that lost an attempt and no work', async () => {
    const found = await audit(cleanly());
    expect(found).toMatchObject({ builds: 1, attempts: 3, accepted: 2, checkpoints: 1 });
    expect(isClean(found)).toBe(true);
  });

  it.each<[keyof Audit, string, (left: Left) => void]>([
    ['notComplete', 'a build that is not complete', (left) => (left.state = 'testing')],
    ['invented', 'an output that no attempt made', ({ ledger }) => void ledger.pop()],
    [
      'doubled',
      'an output that was accepted twice',
      ({ handoffs, files }) => {
        handoffs.push({ fromState: 'planning', nonce: nonceOf('planning') });
        files.push(nonceOf('planning'));
      },
    ],
    [
      'otherFiles',
      'an attempt that found other files than the store names',
      ({ ledger }) => void ledger.push({ ...line('planning', 2), digest: 'other' }),
    ],
    [
      'wrongWork',
      'files of a lost attempt',
      ({ files }) => void files.unshift(nonceOf('discovery')),
    ],
    ['wrongWork', 'accepted work that is not in the files', ({ files }) => void files.pop()],
    ['gaps', 'an event that is gone', ({ sequences }) => void sequences.splice(1, 1)],
  ])('counts as %s %s', async (counter, _, plant) => {
    const left = cleanly();
    plant(left);
    const found = await audit(left);
    expect(found[counter]).toBe(1);
    const { notComplete, invented, doubled, otherFiles, wrongWork, gaps } = found;
    expect(notComplete + invented + doubled + otherFiles + wrongWork + gaps).toBe(1);
    expect(isClean(found)).toBe(false);
  });
});
