import { claimedFilesReview, reviewed } from '@baton/adapters/review';
import type { RoleAdapter } from '@baton/core';

/**
 * The same role; what a Code Writer claims to have changed is held against the files before the
 * baton moves. Not for models: the adapter that asks them does so itself.
 */
export function heldToClaims(adapter: RoleAdapter): RoleAdapter {
  return adapter.role === 'code_writer' ? reviewed(adapter, [claimedFilesReview]) : adapter;
}
