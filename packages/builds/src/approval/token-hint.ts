import { quoted } from '../host/quoted.ts';
import type { CommandLines } from '../text/command-lines.ts';

/** What commands that decide about a build need besides, as far as it may be shown. */
export interface TokenHint {
  /** To put behind such a command. */
  readonly option: string;
  /** Where to get it, in a line or none. */
  readonly remark: string | undefined;
}

/** On a server: what its callers may do is its own affair. */
export const NO_TOKEN: TokenHint = { option: '', remark: undefined };

/** The build was begun with `BATON_APPROVAL_TOKEN`. */
export const GIVEN_TOKEN: TokenHint = {
  option: '',
  remark: 'BATON_APPROVAL_TOKEN has to be the one that the build was begun with.',
};

export function shownToken(token: string): TokenHint {
  return { option: ` --token ${token}`, remark: undefined };
}

/** No terminal is here to show one at. */
export function tokenElsewhere(workflowId: string, where: CommandLines): TokenHint {
  const command = where.command(`token ${workflowId}${where.state}`);
  return {
    option: ` --token ${quoted('<token>')}`,
    remark: `The token is shown at a terminal by: ${command}`,
  };
}
