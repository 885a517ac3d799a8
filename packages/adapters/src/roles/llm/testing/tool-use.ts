import type { Workspace } from '@baton/core';
import { failure } from '../../testing/failure.ts';
import type { RoleTool, ToolPlace } from '../tools/role-tool.ts';

export const placeIn = (workspace: Workspace): ToolPlace => ({
  workspace,
  signal: new AbortController().signal,
  redact: (text) => text,
});

/** The result of a tool. */
export const use = (tool: RoleTool, input: unknown, workspace: Workspace): Promise<string> =>
  tool.run(input, placeIn(workspace));

/** The message with which a tool refuses. */
export const problem = async (
  tool: RoleTool,
  input: unknown,
  workspace: Workspace,
): Promise<string> => (await failure(use(tool, input, workspace))).message;
