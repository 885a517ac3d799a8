import type { GitWorkspaceProvider } from '@baton/adapters/workspace';
import { BatonError } from '@baton/core';
import type { HandOverConfig } from '../config/argv-schema.ts';
import type { BuildSummary } from './build-summary.ts';
import { handOverRequest } from './hand-over-request.ts';

/** The branch that has the work of a complete build, or why there is none. */
export type HandedOver =
  | { readonly branch: string; readonly commit: string }
  | { readonly problem: string };

/** Makes the branch; that there is none costs nothing of the work, so it only says why. */
export async function handOver(
  summary: BuildSummary,
  request: string,
  workspaces: GitWorkspaceProvider,
  config: HandOverConfig,
): Promise<HandedOver | undefined> {
  if (summary.checkpoint === undefined) return undefined;
  try {
    return await workspaces.handOver(handOverRequest(summary, request, config));
  } catch (reason) {
    return { problem: BatonError.from(reason).message };
  }
}
