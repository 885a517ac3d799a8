import { readFileSync } from 'node:fs';
import type { BatonClient } from '@baton/client';
import { gitIn } from '../../packages/adapters/src/testing/git.ts';
import type { LedgerLine } from './fleet-roles.ts';

/** What became of what was accepted. All numbers but the first four are to be 0. */
export interface Audit {
  readonly builds: number;
  readonly attempts: number;
  readonly accepted: number;
  readonly checkpoints: number;
  /** Builds that are not complete. */
  readonly notComplete: number;
  /** Accepted outputs of which the ledger knows no attempt. */
  readonly invented: number;
  /** Attempts whose output was accepted twice. */
  readonly doubled: number;
  /** Attempts that found other files than the store names. */
  readonly otherFiles: number;
  /** Builds whose final files are not exactly what the accepted attempts wrote. */
  readonly wrongWork: number;
  /** Gaps in the numbers of events. */
  readonly gaps: number;
}

export function isClean(audit: Audit): boolean {
  const { notComplete, invented, doubled, otherFiles, wrongWork, gaps } = audit;
  return notComplete + invented + doubled + otherFiles + wrongWork + gaps === 0;
}

/** What the audit asks of Baton. */
export type Asked = Pick<BatonClient, 'status' | 'history' | 'watch'>;

export interface Audited {
  readonly client: Asked;
  readonly ids: readonly string[];
  readonly ledger: string;
  readonly remote: string;
}

export async function auditFleet({ client, ids, ledger, remote }: Audited): Promise<Audit> {
  const text = readFileSync(ledger, 'utf8').split('\n');
  // A worker that was killed may have left half a line.
  const lines = text.flatMap((line): LedgerLine[] => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
  const known = new Set(lines.map(({ nonce }) => nonce));
  const accepted: string[] = [];
  const found = { notComplete: 0, wrongWork: 0, gaps: 0, checkpoints: 0 };
  for (const workflowId of ids) {
    const { state, checkpoint } = await client.status({ workflowId });
    if (state !== 'complete') found.notComplete++;
    const outputs = await acceptedOf(client, workflowId);
    accepted.push(...outputs.map(({ nonce }) => nonce));
    found.gaps += await gapsOf(client, workflowId);
    if (checkpoint === undefined) continue;
    found.checkpoints++;
    const written = gitIn(remote, ['show', `${checkpoint.commit}:log.txt`])
      .trim()
      .split('\n');
    if (written.join() !== standing(outputs).join()) found.wrongWork++;
  }
  return {
    builds: ids.length,
    attempts: lines.length,
    accepted: accepted.length,
    invented: accepted.filter((nonce) => !known.has(nonce)).length,
    doubled: accepted.length - new Set(accepted).size,
    otherFiles: lines.filter(
      ({ expected, digest }) => expected !== undefined && expected !== digest,
    ).length,
    ...found,
  };
}

interface AcceptedOutput {
  readonly nonce: string;
  readonly state: string;
}

/** The outputs that were accepted, in their order. */
async function acceptedOf(client: Asked, workflowId: string): Promise<readonly AcceptedOutput[]> {
  const found: AcceptedOutput[] = [];
  let pageToken: string | undefined;
  do {
    const page = await client.history({ workflowId, pageSize: 1000, pageToken });
    for (const { fromState, data } of page.handoffs) {
      const nonce = (data as { readonly nonce?: string }).nonce;
      // A border hands on the output of the phase before it: it is the phase's own handoff that counts.
      if (nonce !== undefined && nonce.split('/')[1] === fromState) {
        found.push({ nonce, state: fromState });
      }
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found;
}

/** What the files have to hold: a retry keeps the files, and the phase adds to them again. */
function standing(outputs: readonly AcceptedOutput[]): readonly string[] {
  return outputs
    .filter(({ state }) => ['discovery', 'planning', 'implementation'].includes(state))
    .map(({ nonce }) => nonce);
}

async function gapsOf(client: Asked, workflowId: string): Promise<number> {
  let expected = 1;
  let gaps = 0;
  for await (const { sequence } of client.watch({ workflowId })) {
    if (sequence !== expected) gaps++;
    expected = sequence + 1;
  }
  return gaps;
}
