import { BatonError } from '@baton/core';
import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { toBuildView, toEventView } from './build-view.ts';
import type { McpArtifacts, McpOptions } from './mcp-options.ts';

const JSON_TYPE = 'application/json';
/** Builds that are listed as resources: list_builds has all. */
const LISTED = 50;
const PAGE = 100;
/** Bytes of an artifact that one reading answers: its beginning. */
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
        const text = JSON.stringify(await read(plain(variables)), undefined, 2);
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
      const handoffs = [];
      let pageToken: string | undefined;
      do {
        const page = await operations.history({ workflowId, pageSize: PAGE, pageToken });
        handoffs.push(...page.handoffs);
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return handoffs;
    },
  );
  add(
    'events',
    'baton://builds/{workflowId}/events',
    'The audit trail of a build',
    async ({ workflowId = '' }) => {
      const events = [];
      for await (const event of operations.watch({ workflowId, follow: false })) {
        events.push(toEventView(event));
      }
      return events;
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
    async ({ workflowId = '' }) => listAll(artifacts, workflowId),
  );
  server.registerResource(
    'artifact',
    new ResourceTemplate('baton://builds/{workflowId}/artifacts/{digest}', { list: undefined }),
    { title: 'The content of an artifact', description: 'Its first MiB, as text' },
    async (uri, variables) => {
      const { workflowId = '', digest = '' } = plain(variables);
      const found = (await listAll(artifacts, workflowId)).find((one) => one.digest === digest);
      if (found === undefined) {
        throw new BatonError('not_found', `build ${workflowId} has no artifact '${digest}'`);
      }
      const pieces: Uint8Array[] = [];
      const range = { from: 0, to: MOST_BYTES };
      for await (const piece of artifacts.read({ workflowId, digest }, range)) pieces.push(piece);
      const text = Buffer.concat(pieces).toString();
      return { contents: [{ uri: uri.href, mimeType: found.mediaType, text }] };
    },
  );
}

async function listAll(artifacts: McpArtifacts, workflowId: string) {
  const found = [];
  for (let after = 0; ; ) {
    const page = await artifacts.list({ workflowId, after, limit: PAGE });
    found.push(...page);
    if (page.length < PAGE) return found;
    after = page.at(-1)?.number ?? after;
  }
}

/** Each variable of the address, decoded. */
function plain(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, decodeURIComponent(String(value))]),
  );
}
