import type { WorkflowSnapshot, WorkflowStore } from '@baton/core';

const PAGE = 500;

/** All workflows that `query` finds, page by page. */
export async function listAll(
  store: WorkflowStore,
  query: { readonly projectId: string; readonly state?: string },
): Promise<readonly WorkflowSnapshot[]> {
  const found: WorkflowSnapshot[] = [];
  for (;;) {
    const last = found.at(-1);
    const page = await store.listWorkflows({
      ...query,
      limit: PAGE,
      ...(last !== undefined && { after: { createdAt: last.createdAt, id: last.id } }),
    });
    found.push(...page);
    if (page.length < PAGE) return found;
  }
}
