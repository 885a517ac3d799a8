import { setImmediate } from 'node:timers/promises';
import type { ListRequest, Orchestrator, PageRequest } from '@baton/core';
import type { ArtifactReading, ListArtifactsRequest } from '@baton/core/api';
import {
  type Artifact,
  ArtifactSchema,
  type Handoff,
  HandoffSchema,
  type WorkflowStatus,
  WorkflowStatusSchema,
} from '@baton/proto';
import { history, list, listArtifacts } from '@baton/wire';
import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { messageWriter } from './messages/message-codec.ts';

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

export async function artifactPage(
  reading: ArtifactReading,
  request: ListArtifactsRequest,
): Promise<{ artifacts: Artifact[]; nextPageToken: string | undefined }> {
  const { items, nextPageToken } = await readPage(ArtifactSchema, request, async (portion) => {
    const page = await reading.listArtifacts({ ...request, ...portion });
    const artifacts = page.artifacts.map(listArtifacts.view.encode);
    return { items: artifacts, nextPageToken: page.nextPageToken };
  });
  return { artifacts: items, nextPageToken };
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
    // Core has looked for long enough: the caller says whether to go on.
    if (found.items.length < most) break;
  } while (next !== undefined && items.length < pageSize);
  return { items, nextPageToken: next };
}

/**
 * How much of a reply a page may fill. Clients receive 4 MiB unless they are told otherwise, and
 * there is more in a reply than its page.
 */
const MAX_PAGE_BYTES = 3 * 1024 * 1024;

/** How many values: those who write a page do nothing else meanwhile. */
const MAX_PAGE_VALUES = 12_500;

/** What is left of the room on a page, for one entry after another. */
interface PageRoom<M> {
  /**
   * Whether `item` still fits; then its room is taken. The first always fits, since a page without any
   * would not lead on.
   */
  take(item: M): boolean;
  /** How many entries like those so far are worth reading at once. */
  readonly portion: number;
  /** Whether so much was taken that it holds the event loop for milliseconds. */
  readonly isLarge: boolean;
}

const LARGE_BYTES = 256 * 1024;
const LARGE_VALUES = 2_500;

/** The number of entries to read first, while their sizes are unknown. */
const FIRST_PORTION = 2;

/** A part of what a page holds. */
const PORTION_BYTES = MAX_PAGE_BYTES / 4;
const PORTION_VALUES = MAX_PAGE_VALUES / 4;

function createPageRoom<D extends DescMessage>(schema: D): PageRoom<MessageShape<D>> {
  const write = messageWriter(schema);
  let taken = 0;
  let bytes = 0;
  let values = 0;
  return {
    take(item) {
      values += valuesIn(item);
      // Counted first: it costs less.
      if (taken > 0 && values > MAX_PAGE_VALUES) return false;
      bytes += write(item).length;
      if (taken > 0 && bytes > MAX_PAGE_BYTES) return false;
      taken += 1;
      return true;
    },
    get portion() {
      if (taken === 0) return FIRST_PORTION;
      const share = Math.max(bytes / PORTION_BYTES, values / PORTION_VALUES) / taken;
      return Math.max(1, Math.floor(1 / share));
    },
    get isLarge() {
      return bytes > LARGE_BYTES || values > LARGE_VALUES;
    },
  };
}

function valuesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let values = 1;
  for (const member of Object.values(value)) values += valuesIn(member);
  return values;
}
