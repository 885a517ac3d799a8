import { BatonError } from '@baton/client';
import type {
  Artifact,
  DefinitionDescription,
  DefinitionVersion,
  Handoff,
  PhaseOutput,
  ProjectDay,
  ProjectPage,
  ProjectStats,
  UsageRow,
  WorkflowDescription,
  WorkflowStatus,
} from '@baton/core/api';
import {
  keepPreviousData,
  queryOptions,
  skipToken,
  type UseQueryResult,
  useQuery,
} from '@tanstack/react-query';
import { queryClient } from './query-client.ts';
import { readContent } from './read-content.ts';
import { client } from './session.ts';

const WHILE_OPEN_MS = 2_000;
/** The page of each is kept up to date: with more rows it would ask for more than a person sees. */
const PROJECTS_ON_A_PAGE = 50;

export function useStatus(
  workflowId: string,
  enabled = true,
): UseQueryResult<WorkflowStatus, Error> {
  return useQuery({
    enabled,
    queryKey: ['status', workflowId],
    queryFn: () => client().status({ workflowId }),
    // What is watched tells of changes as well: this is for the clock and for claims that are renewed.
    refetchInterval: ({ state }) => (state.data?.completedAt === undefined ? WHILE_OPEN_MS : false),
  });
}

/**
 * Shows a build as a list has it until its status has been read, which a list cuts long texts of: the first events that
 * are heard have it read.
 */
export function showUntilRead(row: WorkflowStatus): void {
  const queryKey = ['status', row.workflowId];
  if (queryClient.getQueryData(queryKey) === undefined) queryClient.setQueryData(queryKey, row);
}

/** What a build was asked for, and what its caller keeps with it: neither ever changes. */
export function useRequest(
  workflowId: string,
  enabled: boolean,
): UseQueryResult<Pick<WorkflowDescription, 'requirements' | 'metadata'>, Error> {
  return useQuery({
    enabled,
    queryKey: ['request', workflowId],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const { requirements, metadata } = await client().describeWorkflow({
        workflowId,
        withoutOutputs: true,
      });
      return { requirements, metadata };
    },
  });
}

/** The output that waits for approval with a move; null where none does. */
export function useWaitingOutput({
  workflowId,
  awaiting,
  epoch,
}: WorkflowStatus): UseQueryResult<PhaseOutput | null, Error> {
  const isAsked = awaiting?.kind === 'approval';
  return useQuery({
    queryKey: ['waiting output', workflowId, epoch, awaiting?.since],
    queryFn: isAsked ? () => readWaitingOutput(workflowId) : skipToken,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

async function readWaitingOutput(workflowId: string): Promise<PhaseOutput | null> {
  const { phaseToApprove: phase, outputs } = await client().describeWorkflow({ workflowId });
  if (phase === undefined) return null;
  const found = outputs.find(({ state }) => state === phase);
  if (found === undefined || found.output !== undefined) return found ?? null;
  // It had no room beside the others.
  const alone = await client().describeWorkflow({ workflowId, phase });
  return alone.outputs[0] ?? null;
}

/** Every handoff, oldest first. @param handoffs how many there are, as far as is known: with more it reads anew. */
export function useHandoffs(
  workflowId: string,
  handoffs: number,
  enabled = true,
): UseQueryResult<readonly Handoff[], Error> {
  return useQuery({
    queryKey: ['handoffs', workflowId, handoffs],
    enabled,
    queryFn: () =>
      allPages<Handoff>(async (pageToken) => {
        const page = await client().history({ workflowId, pageSize: 200, pageToken });
        return { items: page.handoffs, nextPageToken: page.nextPageToken };
      }),
    placeholderData: keepPreviousData,
  });
}

/** The same list at each rendering: what is computed from it is then computed once. */
export const NO_ARTIFACTS: readonly Artifact[] = [];

/** Every artifact by number; null where the server has no store of them. @param sequence of the newest event: artifacts come with events. */
export function useArtifacts(
  workflowId: string,
  sequence: number,
  isOpen: boolean,
  enabled = true,
): UseQueryResult<readonly Artifact[] | null, Error> {
  return useQuery({
    enabled,
    queryKey: ['artifacts', workflowId, sequence],
    queryFn: async () => {
      try {
        return await allPages<Artifact>(async (pageToken) => {
          const page = await client().listArtifacts({ workflowId, pageSize: 500, pageToken });
          return { items: page.artifacts, nextPageToken: page.nextPageToken };
        });
      } catch (reason) {
        // A server answers so where it has no store of artifacts.
        if (BatonError.from(reason).code === 'wrong_state') return null;
        throw reason;
      }
    },
    placeholderData: keepPreviousData,
    refetchInterval: isOpen ? WHILE_OPEN_MS : false,
  });
}

/** An artifact's text, which never changes under its digest. */
export function contentQuery(workflowId: string, { number, digest }: Artifact) {
  return queryOptions({
    queryKey: ['content', workflowId, number, digest],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
    queryFn: async ({ signal }) => {
      let text = '';
      for await (const piece of readContent(workflowId, number, signal)) text += piece;
      return text;
    },
  });
}

export function useContent(
  workflowId: string,
  artifact: Artifact | undefined,
): UseQueryResult<string, Error> {
  return useQuery(
    artifact === undefined
      ? { queryKey: ['content'], queryFn: skipToken }
      : contentQuery(workflowId, artifact),
  );
}

export function useDefinition(
  name: string | undefined,
  version: number | undefined,
): UseQueryResult<DefinitionDescription, Error> {
  return useQuery({
    queryKey: ['definition', name, version],
    enabled: name !== undefined,
    staleTime: 60_000,
    queryFn: () => client().describeDefinition({ name, version }),
  });
}

/** The definitions that the server has: by name, of one name the newest version first. */
export function useDefinitions(): UseQueryResult<readonly DefinitionVersion[], Error> {
  return useQuery({ queryKey: ['definitions'], queryFn: () => client().listDefinitions() });
}

/** A page of projects by name. @param pageToken of the page before; '' for the first. */
export function useProjects(pageToken: string): UseQueryResult<ProjectPage, Error> {
  return useQuery({
    queryKey: ['projects', pageToken],
    queryFn: () =>
      client().listProjects({
        pageSize: PROJECTS_ON_A_PAGE,
        ...(pageToken !== '' && { pageToken }),
      }),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });
}

export function useStats(projectId: string): UseQueryResult<ProjectStats, Error> {
  return useQuery({
    queryKey: ['stats', projectId],
    queryFn: () => client().projectStats({ projectId }),
    refetchInterval: 5_000,
  });
}

/** What was used by role, model and day. @param from the first day, such as `2026-01-31`, @param to the day behind the last one. */
export function useUsage(
  projectId: string,
  from: string,
  to: string,
): UseQueryResult<readonly UsageRow[], Error> {
  return useQuery({
    queryKey: ['usage', projectId, from, to],
    queryFn: () =>
      allPages<UsageRow>(async (pageToken) => {
        const span = { projectId, from, to };
        const page = await client().usage({ ...span, byDay: true, pageSize: 500, pageToken });
        return { items: page.rows, nextPageToken: page.nextPageToken };
      }),
    placeholderData: keepPreviousData,
  });
}

/** What happened day by day. @param span as for the usage. */
export function useProjectHistory(
  projectId: string,
  { from, to }: { readonly from: string; readonly to: string },
): UseQueryResult<readonly ProjectDay[], Error> {
  return useQuery({
    queryKey: ['history', projectId, from, to],
    queryFn: () => client().projectHistory({ projectId, from, to }),
    placeholderData: keepPreviousData,
  });
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | undefined;
}

async function allPages<T>(
  read: (token: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let token: string | undefined;
  do {
    const page = await read(token);
    all.push(...page.items);
    token = page.nextPageToken;
  } while (token !== undefined);
  return all;
}
