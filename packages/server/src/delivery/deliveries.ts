import { randomUUID } from 'node:crypto';
import {
  BatonError,
  type Clock,
  type DocumentStore,
  type WorkflowListener,
  type WorkflowStore,
} from '@baton/core';
import { createStoreClock, systemClock } from '@baton/core/internal';
import type { Log } from '../log.ts';
import { type DeliveryContext, deliverWorkflow } from './deliver-workflow.ts';
import { createLane, type Lane } from './lane.ts';
import { sweepTarget } from './sweep.ts';
import type { DeliveryTarget } from './target.ts';
import { ensureTarget, type StoredTarget } from './target-records.ts';

/*
 * Tells targets of what happens to workflows, at least once and in order a workflow.
 *
 * 1. The event log is the truth. A commit of this process is a hint, which makes it prompt; a sweep finds what hints
 *    lost. One server sweeps at a time, and any tells.
 * 2. Targets have lanes of their own: one that is slow or away holds up no other.
 */

const LEASE = 'deliver-events';
/** A sweeper that dies keeps the others from it for this long. */
const LEASE_MS = 45_000;
const SWEEP_MS = 15_000;
/** What is under way when the server stops may take so long. */
const GRACE_MS = 2000;

export interface DeliveriesOptions {
  readonly store: WorkflowStore;
  readonly documents: DocumentStore;
  readonly targets: readonly DeliveryTarget[];
  readonly log: Log;
  /** Default: the store's clock where it has one of its own, else the machine's. */
  readonly clock?: Clock | undefined;
  /** From 0 to below 1. Default: Math.random. */
  readonly random?: (() => number) | undefined;
}

export interface Deliveries {
  /** Has to hear of every commit of this process. */
  readonly listener: WorkflowListener;
  /** From now on targets are told; those that are new of nothing older. Rejects when the store is away. */
  start(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

interface Member {
  readonly target: DeliveryTarget;
  readonly lane: Lane;
  /** Says what went wrong while it was looked what the target has to be told. */
  readonly onError: (reason: unknown) => void;
  stored: StoredTarget | undefined;
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { store, documents, targets, log, random = Math.random } = options;
  const { clock, now } = clockOf(options);
  const stopping = new AbortController();
  const ending = new AbortController();
  const context: DeliveryContext = {
    ...{ store, documents, log, now, random },
    holder: randomUUID(),
    stopping: stopping.signal,
    ending: ending.signal,
  };
  const members = targets.map(memberOf);
  let sweeping: Promise<void> = Promise.resolve();

  function memberOf(target: DeliveryTarget): Member {
    const lane = createLane({
      clock,
      random,
      async run(workflowId) {
        const { stored } = member;
        if (stored === undefined || stored.record.disabled !== undefined) {
          return { kind: 'disabled' };
        }
        const run = await deliverWorkflow(context, target, stored.record, workflowId);
        if (run.kind === 'disabled') await refresh(member);
        return run;
      },
      onError: trouble(`events cannot be delivered to '${target.name}' for now`),
    });
    const onError = trouble(`not all events for '${target.name}' were looked for`);
    const member: Member = { target, lane, onError, stored: undefined };
    return member;
  }

  async function refresh(member: Member): Promise<StoredTarget> {
    member.stored = await ensureTarget(documents, member.target.name, await now());
    return member.stored;
  }

  /** Says what is wrong once, while it stays the same. */
  function trouble(what: string): (reason: unknown) => void {
    let told: string | undefined;
    return (reason) => {
      const { code, message } = BatonError.from(reason);
      if (message !== told) log.warn(what, { code, message });
      told = message;
    };
  }

  async function sweep(): Promise<void> {
    const onError = trouble('it is not known which server looks for events to deliver');
    let isSweeper = false;
    while (!stopping.signal.aborted) {
      isSweeper = await takeLease(LEASE_MS).catch((reason) => {
        onError(reason);
        return false;
      });
      // What is wrong with one target is none of the others' business.
      for (const member of members) await sweepMember(member, isSweeper).catch(member.onError);
      await clock.sleep(SWEEP_MS, stopping.signal);
    }
    if (isSweeper) await takeLease(1).catch(() => undefined);
  }

  /** With a moment, it goes to the server that asks next. */
  function takeLease(forMs: number): Promise<boolean> {
    return store.takeLease({ name: LEASE, holder: context.holder, forMs });
  }

  /** Every server has to know of a target whether it is disabled. */
  async function sweepMember(member: Member, isSweeper: boolean): Promise<void> {
    const stored = await refresh(member);
    if (!isSweeper || stored.record.disabled !== undefined) return;
    const { target, lane } = member;
    await sweepTarget(context, target, stored, await now(), lane.enqueue);
  }

  return {
    listener: {
      onCommitted({ id, projectId, completedAt, state }, events) {
        const finalState = completedAt === undefined ? undefined : state;
        for (const { target, lane } of members) {
          if (!target.covers(projectId)) continue;
          if (events.some((event) => target.wants(event, finalState))) lane.enqueue(id);
        }
      },
    },
    async start() {
      await Promise.all(members.map(refresh));
      sweeping = sweep();
    },
    async stop() {
      stopping.abort();
      const cancel = systemClock.schedule(GRACE_MS, () => ending.abort());
      await Promise.all([sweeping, ...members.map(({ lane }) => lane.stop())]);
      cancel();
    },
  };
}

function clockOf({ clock, store }: DeliveriesOptions) {
  if (clock !== undefined) return { clock, now: async () => clock.now() };
  if (store.now === undefined) return { clock: systemClock, now: async () => systemClock.now() };
  const stores = createStoreClock(() => (store.now as () => Promise<number>)());
  return {
    clock: systemClock,
    async now() {
      await stores.ready();
      return Math.round(stores.now());
    },
  };
}
