import { redactDeep } from '@baton/core/internal';
import type { Redact } from '../../secrets/create-redactor.ts';
import type { AssignmentView } from './assignment-fingerprint.ts';

/** How a cassette is kept free of secrets. */
export interface CassetteRoleOptions {
  /**
   * Masks secrets. To be the same for recording and replaying: assignments are told apart by what
   * stands in the file. Default: nothing is masked.
   */
  readonly redact?: Redact | undefined;
}

/** The view as it stands in the file. Digests are no text of anybody's; they stay. */
export function maskedView(view: AssignmentView, redact: Redact | undefined): AssignmentView {
  if (redact === undefined) return view;
  return { ...redactDeep(redact, view), workspace: view.workspace };
}
