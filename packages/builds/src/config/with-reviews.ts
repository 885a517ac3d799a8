import {
  claimedFilesReview,
  type OutcomeReview,
  outwardLinksReview,
  protectedFilesReview,
  reviewed,
  unchangedFilesReview,
} from '@baton/adapters/review';
import type { RoleAdapter } from '@baton/core';
import type { Config } from './load-config.ts';

/** What an answer of a role must stand up to before the baton moves. */
export function reviewsOf(
  role: string,
  { workspace }: Pick<Config, 'workspace'>,
): readonly OutcomeReview[] {
  return [
    outwardLinksReview,
    ...(workspace.protected.length > 0 ? [protectedFilesReview(workspace.protected)] : []),
    ...(role === 'code_writer' ? [claimedFilesReview] : []),
    ...(role === 'q_assistant' ? [unchangedFilesReview] : []),
  ];
}

/** The same role, held to them. Not for models: the adapter that asks them does so itself. */
export function withReviews(adapter: RoleAdapter, config: Pick<Config, 'workspace'>) {
  return reviewed(adapter, reviewsOf(adapter.role, config));
}
