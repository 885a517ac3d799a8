import { BatonError } from '@baton/core';
import {
  INVALID_PARAMS,
  type McpServer,
  ProtocolError,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { toBuildView, toEventView } from './build-view.ts';
import type { McpArtifacts, McpOptions } from './mcp-options.ts';

const JSON_TYPE = 'application/json';
/** Builds that are listed as resources: list_builds has all. */
const LISTED = 50;
const PAGE = 100;
/** Handoffs that are read at once: each may be as large as a payload. */
const HANDOFFS = 5;
/** Bytes that one reading answers: of an artifact, or of a list, the beginning. */
const MOST_BYTES = 1024 * 1024;

type Variables = Readonly<Record<string, string | string[]>>;

/** Builds, and what belongs to them, as resources. */
export function addResources(server: McpServer, options: McpOptions): void {
  const { operations, artifacts } = options;

  function add(
    name: string,
    template: string,
    description: string,
    read: (variables: Record<string, string>) => Promise<unknown>,
    list?: () => Promise<readonly { readonly uri: string; readonly name: string }[]>,
  ): void {
    server.registerResource(
      name,
      new ResourceTemplate(template, {
        list: list && (async () => ({ resources: [...(await list())] })),
      }),
      { title: description, description, mimeType: JSON_TYPE },
      async (uri, variables) => {
        const found = await reading(uri, () => read(plain(variables)));
        const text = JSON.stringify(found, undefined, 2);
        return { contents: [{ uri: uri.href, mimeType: JSON_TYPE, text }] };
      },
    );
  }

  add(
    'build',
    'baton://builds/{workflowId}',
    'Where a build stands',
    async ({ workflowId = '' }) => toBuildView(await operations.status({ workflowId })),
    async () => {
      const { workflows } = await operations.list({ pageSize: LISTED });
      return workflows.map(({ workflowId, buildId, state }) => ({
        uri: `baton://builds/${encodeURIComponent(workflowId)}`,
        name: `${buildId}: ${state}`,
      }));
    },
  );
  add(
    'handoffs',
    'baton://builds/{workflowId}/handoffs',
    'What the roles of a build passed to each other',
    async ({ workflowId = '' }) => {
      const handoffs = createBounded();
      let pageToken: string | undefined;
      do {
        const page = await operations.history({ workflowId, pageSize: HANDOFFS, pageToken });
        if (!page.handoffs.every(handoffs.takes)) return { handoffs: handoffs.items, more: true };
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return { handoffs: handoffs.items, more: false };
    },
  );
  add(
    'events',
    'baton://builds/{workflowId}/events',
    'The audit trail of a build',
    async ({ workflowId = '' }) => {
      const events = createBounded();
      for await (const event of operations.watch({ workflowId, follow: false })) {
        if (!events.takes(toEventView(event))) return { events: events.items, more: true };
      }
      return { events: events.items, more: false };
    },
  );
  add(
    'project-stats',
    'baton://projects/{projectId}/stats',
    'The numbers of a project',
    async ({ projectId = '' }) => operations.projectStats({ projectId }),
  );
  add(
    'definition',
    'baton://definitions/{name}',
    'The states, gates and roles of a definition',
    async ({ name = '' }) => operations.describeDefinition({ name }),
  );
  if (artifacts === undefined) return;
  add(
    'artifacts',
    'baton://builds/{workflowId}/artifacts',
    'What the attempts at a build said and printed: transcripts, output, reports, diffs',
    async ({ workflowId = '' }) => {
      const listed = createBounded();
      for await (const one of artifactsOf(artifacts, workflowId)) {
        if (!listed.takes(one)) return { artifacts: listed.items, more: true };
      }
      return { artifacts: listed.items, more: false };
    },
  );
  server.registerResource(
    'artifact',
    new ResourceTemplate('baton://builds/{workflowId}/artifacts/{digest}', { list: undefined }),
    { title: 'The content of an artifact', description: 'Its first MiB, as text' },
    async (uri, variables) => {
      const { mimeType, text } = await reading(uri, () => readText(artifacts, plain(variables)));
      return { contents: [{ uri: uri.href, mimeType, text }] };
    },
  );
}

async function readText(
  artifacts: McpArtifacts,
  { workflowId = '', digest = '' }: Record<string, string>,
): Promise<{ readonly mimeType: string; readonly text: string }> {
  for await (const found of artifactsOf(artifacts, workflowId)) {
    if (found.digest !== digest) continue;
    const pieces: Uint8Array[] = [];
    const range = { from: 0, to: MOST_BYTES };
    for await (const piece of artifacts.read({ workflowId, digest }, range)) pieces.push(piece);
    return { mimeType: found.mediaType, text: Buffer.concat(pieces).toString() };
  }
  throw new BatonError('not_found', `build ${workflowId} has no artifact '${digest}'`);
}

/** @throws ProtocolError that says what is wrong with an address, in place of an internal error. */
async function reading<T>(uri: URL, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (reason) {
    const { code, message } = BatonError.from(reason);
    if (code === 'not_found') throw new ResourceNotFoundError(uri.href, message);
    if (code === 'invalid_input') throw new ProtocolError(INVALID_PARAMS, message);
    throw reason;
  }
}

/** Collects what fits into one answer: the first item always does. */
function createBounded(): { readonly items: readonly unknown[]; takes(item: unknown): boolean } {
  const items: unknown[] = [];
  let size = 0;
  return {
    items,
    takes(item) {
      size += JSON.stringify(item).length;
      if (size > MOST_BYTES && items.length > 0) return false;
      items.push(item);
      return true;
    },
  };
}

async function* artifactsOf(artifacts: McpArtifacts, workflowId: string) {
  for (let after = 0; ; ) {
    const page = await artifacts.list({ workflowId, after, limit: PAGE });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.number ?? after;
  }
}

/**
 * Each variable of the address, decoded.
 *
 * @throws BatonError `invalid_input` for one that is not percent-encoded text.
 */
function plain(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, decoded(name, String(value))]),
  );
}

function decoded(name: string, found: string): string {
  try {
    return decodeURIComponent(found);
  } catch (cause) {
    const description = `found '${found}'; expected percent-encoded text`;
    throw new BatonError('invalid_input', `${name}: ${description}`, {
      violations: [{ field: name, description }],
      cause,
    });
  }
}
