import { redactDeep } from '@baton/core/internal';
import type { Redact } from '../../secrets/create-redactor.ts';
import type { AssignmentView } from './assignment-fingerprint.ts';

/** Options of recording and replaying roles. */
export interface CassetteRoleOptions {
  /**
   * Masks secrets in the file. Recording and replaying need the same function, because replaying compares
   * masked assignments. Default: nothing is masked.
   */
  readonly redact?: Redact | undefined;
}

/** Returns the view as the file stores it. Digests hold no secrets and stay as they are. */
export function maskedView(view: AssignmentView, redact: Redact | undefined): AssignmentView {
  if (redact === undefined) return view;
  return { ...redactDeep(redact, view), workspace: view.workspace };
}
