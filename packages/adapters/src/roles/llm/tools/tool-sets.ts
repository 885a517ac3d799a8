import { BatonError } from '@baton/core';
import { diffTool } from './diff.ts';
import { deleteTool, editTool, writeTool } from './edit.ts';
import { listTool, readTool } from './read.ts';
import type { RoleTool } from './role-tool.ts';
import { type AllowedCommand, runCommandTool } from './run-command-tool.ts';
import { searchTool } from './search.ts';

const BY_NAME = {
  list: listTool,
  read: readTool,
  search: searchTool,
  diff: diffTool,
  write: writeTool,
  edit: editTool,
  delete: deleteTool,
} as const satisfies Record<string, RoleTool>;

/** Built-in tools by name. `run_command` exists when commands are allowed. */
export type ToolName = keyof typeof BY_NAME | 'run_command';

const READER: readonly ToolName[] = ['list', 'read', 'search', 'diff'];
const RUNNER: readonly ToolName[] = [...READER, 'run_command'];
const WRITER: readonly ToolName[] = [...RUNNER, 'write', 'edit', 'delete'];

/** Tools of the roles of the `build` definition; other roles can read. */
const BY_ROLE: Readonly<Record<string, readonly ToolName[]>> = {
  q_assistant: READER,
  code_writer: WRITER,
  test_auditor: RUNNER,
  verification_overseer: RUNNER,
  release_manager: RUNNER,
};

export interface ToolSetOptions {
  /** Default: what the role needs; a role of a custom definition can read. */
  readonly tools?: readonly (ToolName | RoleTool)[] | undefined;
  /** Commands that `run_command` may run. Without any, the tool does not exist. */
  readonly commands?: readonly AllowedCommand[] | undefined;
}

/**
 * The tools of a role.
 *
 * @throws BatonError `invalid_input` for an unknown name or one that occurs twice.
 */
export function toolSet(role: string, options: ToolSetOptions): readonly RoleTool[] {
  const { commands = [] } = options;
  const wanted = options.tools ?? BY_ROLE[role] ?? READER;
  const chosen = wanted
    .filter((tool) => tool !== 'run_command' || commands.length > 0)
    .map((tool) => {
      if (typeof tool !== 'string') return tool;
      if (tool === 'run_command') return runCommandTool(commands);
      if (Object.hasOwn(BY_NAME, tool)) return BY_NAME[tool];
      const legal = [...Object.keys(BY_NAME), 'run_command'];
      const message = `role '${role}' has an unknown tool '${tool}'; expected ${legal.join(', ')}`;
      throw new BatonError('invalid_input', message, { legal });
    });
  const names = chosen.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return chosen;
  throw new BatonError('invalid_input', `role '${role}' has the tool '${twice}' twice`);
}
