import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { BatonError } from '@baton/core';
import type { BatonMcp, McpOptions } from '@baton/mcp';
import { type CallerOptions, callerOf } from '../caller.ts';
import { createConfigRedactor } from '../config/create-config-redactor.ts';
import { loadConfig } from '../config/load-config.ts';
import { connectToServer, maskedOperations } from '../operations/connect.ts';
import type { Operations } from '../operations/operations.ts';
import { openState } from '../run/open-state.ts';
import { checkRepository } from '../state/check-repository.ts';
import { artifactsUrlOf, openArtifacts } from '../state/open-artifacts.ts';
import { createBackgroundBuilds } from './background-builds.ts';

/** What {@link openMcp} takes. */
export interface OpenMcpOptions extends CallerOptions {
  /** Root of the git repository to build on; relative to `cwd`. Default: `cwd`. */
  readonly workspace?: string | undefined;
  /** The file that says how the roles work; relative to `cwd`. Default: the one in the workspace. */
  readonly config?: string | undefined;
  /** Address of a server: its builds are served, and none is performed here. Default: none. */
  readonly server?: string | undefined;
  /** Who asks, where a call does not say. Default: the user of the configuration, or of this machine. */
  readonly userId?: string | undefined;
  /** The version that clients see. */
  readonly version?: string | undefined;
  /** Hears how builds end that are performed here. Default: nothing does. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface OpenedMcp {
  readonly mcp: BatonMcp;
  /** Gives back the work of clients and ends the performance of builds, in order. */
  close(): Promise<void>;
}

/**
 * Baton for MCP clients, as `baton mcp` serves it: builds that clients start are performed in this process by
 * the configuration, but for the roles that a client takes for itself.
 *
 * @throws BatonError `not_found` or `invalid_input` for a workspace or a configuration that cannot work.
 * @example
 * import { openMcp } from '@baton/builds';
 * import { serveMcpStdio } from '@baton/mcp';
 * const { mcp, close } = await openMcp({ workspace: '/srv/shop' });
 * await serveMcpStdio(mcp).ended;
 * await close();
 */
export async function openMcp(options: OpenMcpOptions): Promise<OpenedMcp> {
  const { server, version } = options;
  const { createBatonMcp } = await import('@baton/mcp');
  const opened = server === undefined ? await openHere(options) : await openServer(server, options);
  return { mcp: createBatonMcp({ ...opened.parts, version }), close: opened.close };
}

interface Opened {
  readonly parts: McpOptions;
  close(): Promise<void>;
}

async function openServer(server: string, { userId, env }: OpenMcpOptions): Promise<Opened> {
  const { createClaimDesk, createProjectStarter } = await import('@baton/mcp');
  const { operations, close } = await connectToServer(server, env ?? process.env);
  return {
    parts: {
      operations,
      startBuild: createProjectStarter(operations),
      desk: createClaimDesk(operations),
      user: userId ?? userInfo().username,
    },
    close,
  };
}

async function openHere(options: OpenMcpOptions): Promise<Opened> {
  const { createRoleDesk } = await import('@baton/mcp');
  const caller = callerOf(options);
  const { cwd, env } = caller;
  const workspace = await checkRepository(resolve(cwd, options.workspace ?? '.'));
  const config = await loadConfig(options.config, { workspace, cwd });
  const redact = createConfigRedactor(config, env);
  caller.maskErrors(redact);
  const places = { repository: workspace, config, server: undefined, showsTokens: false };
  const { operations: unmasked, approvals, close } = await openState(places, caller);
  const artifacts = await openArtifacts(workspace, caller, artifactsUrlOf(config)).catch(
    async (reason) => {
      await close();
      throw reason;
    },
  );
  const operations = maskedOperations(unmasked, redact);
  const desk = createRoleDesk(operations);
  const { log = () => undefined } = options;
  const builds = createBackgroundBuilds({ workspace, config: options.config, caller, desk, log });

  /** What the person of the client decides, who has confirmed it. The build then goes on. */
  function decide<
    K extends 'answerQuestion' | 'decideApproval' | 'requestRetry' | 'rollback' | 'cancel',
  >(kind: K): Operations[K] {
    const change = async (request: { readonly workflowId: string }) => {
      const { workflowId } = request;
      if (!(await approvals.mayAsk(workflowId))) {
        const message = `build ${workflowId} was begun with an approval token: start baton mcp with it in BATON_APPROVAL_TOKEN`;
        throw new BatonError('not_owner', message, { metadata: { workflowId } });
      }
      const reply = await operations[kind](request as never);
      // What was cancelled stands still.
      if (kind !== 'cancel') builds.goOn(workflowId);
      return reply;
    };
    return change as unknown as Operations[K];
  }

  return {
    parts: {
      operations: {
        ...operations,
        answerQuestion: decide('answerQuestion'),
        decideApproval: decide('decideApproval'),
        requestRetry: decide('requestRetry'),
        rollback: decide('rollback'),
        cancel: decide('cancel'),
      },
      startBuild: builds.start,
      desk,
      artifacts,
      user: options.userId ?? config.user ?? userInfo().username,
      confirm: 'decisions',
    },
    async close() {
      // First: so their claims are given back, and no attempt fails.
      await builds.close();
      await desk.close();
      await artifacts.close();
      await close();
    },
  };
}
