import { BatonError, type CreateResult, type WorkflowSnapshot } from '@baton/core';
import type { Connection } from './connection.ts';
import type { Keys } from './keys.ts';
import { parseJson } from './numbered-records.ts';
import { readWorkflow } from './read.ts';
import { withdrawnIn } from './script-arguments.ts';
import { SCRIPTS } from './scripts.ts';
import { monthsOfArguments } from './usage.ts';

/*
 * A workflow lives in the shard of its id, and the reservation of a build id in the shard of the build id. So
 * creating a workflow takes two atomic steps: reserve the build id with everything that the second step
 * writes, then create the workflow. Afterwards the reservation is shortened.
 *
 * 1. Only what a reservation holds is ever created.
 * 2. A process that finds a complete reservation carries it out. So a reservation that a dying process left
 *    blocks no other process, and the workflow starts late instead of twice.
 * 3. A reservation is given up only when its workflow can never be created (its id belongs to another build,
 *    and a workflow's build never changes) or was removed (4). So a build id has one workflow.
 * 4. A shortened reservation without a workflow is what the retention leaves behind. It shortens before it
 *    removes, and its mark refuses a late second step.
 */

/** How often another process may change the reservation in between. */
const MAX_TURNS = 20;

interface NewWorkflow {
  readonly snapshot: WorkflowSnapshot;
  /** What the second step writes. */
  readonly create: readonly string[];
  /** The request whose reply to return when the workflow already exists. */
  readonly requestId?: string | undefined;
}

export async function createWorkflow(
  connection: Connection,
  keys: Keys,
  { snapshot, create: args, requestId }: NewWorkflow,
): Promise<CreateResult> {
  const { id, projectId, buildId } = snapshot;
  const key = keys.build(projectId, buildId);
  const wanted = reservationText({ workflowId: id, create: args });
  const reserve = { script: SCRIPTS.reserve, keys: [key], args: [wanted] };
  const replace = (held: string, by: string) => replaceReservation(connection, key, held, by);

  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const [, held = wanted] = await connection.run(reserve);
    const { workflowId, create } = parseReservation(key, held);
    const kind =
      create === undefined
        ? 'exists'
        : await carryOut(connection, keys, workflowId, projectId, create);
    if (kind === 'created') {
      // Not awaited: any process that finds the reservation unshortened completes this step.
      void replace(held, shortened(key, held)).catch(() => {});
      if (held === wanted) return { kind };
    }
    if (kind === 'removed' && held === wanted) {
      await replace(held, '');
      throw new BatonError('already_exists', `workflow ${id} was complete and has been removed`);
    }
    const found =
      kind === 'removed' ? undefined : await readWorkflow(connection, keys, workflowId, requestId);
    if (found !== undefined && isOf(found.snapshot, snapshot)) {
      return { kind: 'exists', ...found };
    }
    if (found !== undefined && held === wanted) {
      await replace(held, '');
      return { kind: 'exists', ...found };
    }
    await replace(held, wanted);
  }
  throw new BatonError('unavailable', `build '${buildId}' of project '${projectId}' is contended`);
}

/** Returns `created`, `exists` or `removed`. */
async function carryOut(
  connection: Connection,
  keys: Keys,
  id: string,
  projectId: string,
  args: readonly string[],
): Promise<string> {
  const [kind = ''] = await connection.run({
    script: SCRIPTS.create,
    keys: [
      ...[keys.workflow(id), keys.indexOf(id), keys.statsOf(id, projectId), keys.removed(id)],
      ...monthsOfArguments(withdrawnIn(args)).map((month) => keys.usageOf(id, projectId, month)),
    ],
    args,
  });
  return kind;
}

function isOf(found: WorkflowSnapshot, wanted: WorkflowSnapshot): boolean {
  return found.projectId === wanted.projectId && found.buildId === wanted.buildId;
}

/** The workflow that has a build id. */
export interface Reservation {
  readonly workflowId: string;
  /** The arguments that create the workflow, until it is known to exist. */
  readonly create?: readonly string[];
}

export function reservationText(reservation: Reservation): string {
  return JSON.stringify(reservation);
}

/** @throws BatonError `data_loss` that names the key. */
export function parseReservation(key: string, text: string): Reservation {
  return parseJson<Reservation>(text, key, 'value');
}

/** Replaces `held` by `text`, or removes it for ''. Returns false when the key no longer holds `held`. */
export async function replaceReservation(
  connection: Connection,
  key: string,
  held: string,
  text: string,
): Promise<boolean> {
  const args = [held, text];
  const [kind] = await connection.run({ script: SCRIPTS.replaceReservation, keys: [key], args });
  return kind === 'replaced';
}

/** The reservation without the arguments, once the workflow exists. */
export function shortened(key: string, held: string): string {
  return reservationText({ workflowId: parseReservation(key, held).workflowId });
}
