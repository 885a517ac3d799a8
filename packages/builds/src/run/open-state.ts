import { createApprovalTokens } from '../approval/approval-tokens.ts';
import {
  type BuildApprovals,
  createBuildApprovals,
  SERVER_APPROVALS,
} from '../approval/build-approvals.ts';
import type { Caller } from '../caller.ts';
import { definitionOf } from '../config/definition-of.ts';
import type { Config } from '../config/load-config.ts';
import { type Connection, connectToServer } from '../operations/connect.ts';
import { openEmbedded } from '../state/open-embedded.ts';
import { commandLines } from '../text/command-lines.ts';

export interface StateToOpen {
  readonly repository: string;
  readonly config: Config;
  /** Address of the server that keeps it; absent: it is kept on this machine. */
  readonly server: string | undefined;
  /** Whether tokens that are made reach a person and no log. */
  readonly showsTokens: boolean;
}

/** The state of a repository's builds, as their performance needs it. */
export interface OpenedState extends Connection {
  readonly approvals: BuildApprovals;
}

export async function openState(
  { repository, config, server, showsTokens }: StateToOpen,
  caller: Caller,
): Promise<OpenedState> {
  const definition = definitionOf(config);
  if (server !== undefined) {
    const connection = await connectToServer(server, caller.env);
    return { ...connection, approvals: SERVER_APPROVALS };
  }
  const { env } = caller;
  const { maxAttempts } = config.limits;
  const where = { workspace: repository, definition, maxAttempts };
  const embedded = await openEmbedded({ ...where, create: true, env });
  const { orchestrator, store, folder, key, close } = embedded;
  try {
    const approvals = createBuildApprovals({
      store,
      tokens: createApprovalTokens(folder.seals, key),
      given: env['BATON_APPROVAL_TOKEN'] || undefined,
      atTerminal: showsTokens,
      where: commandLines(caller, repository),
    });
    const verify = (workflowId: string) => store.verify(workflowId);
    return { operations: orchestrator, approvals, verify, close };
  } catch (reason) {
    await close();
    throw reason;
  }
}
