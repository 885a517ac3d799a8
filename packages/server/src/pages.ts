import { setImmediate } from 'node:timers/promises';
import type { ListRequest, Orchestrator, PageRequest } from '@baton/core';
import {
  type Handoff,
  HandoffSchema,
  type WorkflowStatus,
  WorkflowStatusSchema,
} from '@baton/proto';
import { history, list } from '@baton/wire';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { createPageRoom } from './page-room.ts';

/** Pages that a client with the usual limit can receive, whatever is in them. */

export async function historyPage(
  orchestrator: Orchestrator,
  request: PageRequest,
): Promise<{ handoffs: Handoff[]; nextPageToken: string | undefined }> {
  const { items, nextPageToken } = await readPage(HandoffSchema, request, async (portion) => {
    const page = await orchestrator.history({ ...request, ...portion });
    return { items: page.handoffs.map(history.view.encode), nextPageToken: page.nextPageToken };
  });
  return { handoffs: items, nextPageToken };
}

export async function workflowPage(
  orchestrator: Orchestrator,
  request: ListRequest,
): Promise<{ workflows: WorkflowStatus[]; nextPageToken: string | undefined }> {
  const { items, nextPageToken } = await readPage(
    WorkflowStatusSchema,
    request,
    async (portion) => {
      const page = await orchestrator.list({ ...request, ...portion });
      return { items: page.workflows.map(list.view.encode), nextPageToken: page.nextPageToken };
    },
  );
  return { workflows: items, nextPageToken };
}

interface Portion {
  readonly pageSize: number;
  readonly pageToken: string | undefined;
}

interface Page<M> {
  readonly items: readonly M[];
  readonly nextPageToken: string | undefined;
}

interface Asked {
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

const DEFAULT_PAGE_SIZE = 100;
const LARGEST_PAGE_SIZE = 1000;

/**
 * Reads a page in portions, since each entry may be large and all of a portion is held at once. A page
 * size that is none goes to core, which refuses it.
 */
async function readPage<D extends DescMessage>(
  schema: D,
  { pageSize = DEFAULT_PAGE_SIZE, pageToken }: Asked,
  read: (portion: Portion) => Promise<Page<MessageShape<D>>>,
): Promise<{ items: MessageShape<D>[]; nextPageToken: string | undefined }> {
  const room = createPageRoom(schema);
  const items: MessageShape<D>[] = [];
  const isLegal = pageSize >= 1 && pageSize <= LARGEST_PAGE_SIZE;
  let next = pageToken;
  do {
    const most = isLegal ? Math.min(room.portion, pageSize - items.length) : pageSize;
    const found = await read({ pageSize: most, pageToken: next });
    const full = found.items.findIndex((item) => !room.take(item));
    // What is read next, or written, is work enough for a turn of the event loop by itself.
    if (room.isLarge) await setImmediate();
    if (full === 0) return { items, nextPageToken: next };
    if (full > 0) {
      // Only core knows the token of what follows. What is read anew may have changed: it counts.
      const shorter = await read({ pageSize: full, pageToken: next });
      return { items: [...items, ...shorter.items], nextPageToken: shorter.nextPageToken };
    }
    items.push(...found.items);
    next = found.nextPageToken;
  } while (next !== undefined && items.length < pageSize);
  return { items, nextPageToken: next };
}
