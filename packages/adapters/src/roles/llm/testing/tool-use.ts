import type { Workspace } from '@baton/core';
import { failure } from '../../testing/failure.ts';
import type { RoleTool, ToolPlace } from '../tools/role-tool.ts';

export const placeIn = (workspace: Workspace): ToolPlace => ({
  workspace,
  signal: new AbortController().signal,
  redact: (text) => text,
});

/** What a tool answers. */
export const use = (tool: RoleTool, input: unknown, workspace: Workspace): Promise<string> =>
  tool.run(input, placeIn(workspace));

/** Why a tool refuses. */
export const problem = async (
  tool: RoleTool,
  input: unknown,
  workspace: Workspace,
): Promise<string> => (await failure(use(tool, input, workspace))).message;
