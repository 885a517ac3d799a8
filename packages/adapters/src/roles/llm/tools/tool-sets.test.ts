import { describe, expect, it } from 'vitest';
import { readTool } from './read.ts';
import { type ToolSetOptions, toolSet } from './tool-sets.ts';

const commands = [{ name: 'test', argv: ['npm', 'test'] }];
const names = (role: string, options: ToolSetOptions = { commands }) =>
  toolSet(role, options).map(({ name }) => name);

describe('the tools of a role', () => {
  it.each([
    ['q_assistant', ['list', 'read', 'search', 'diff']],
    ['test_auditor', ['list', 'read', 'search', 'diff', 'run_command']],
    ['verification_overseer', ['list', 'read', 'search', 'diff', 'run_command']],
    ['release_manager', ['list', 'read', 'search', 'diff', 'run_command']],
    ['code_writer', ['list', 'read', 'search', 'diff', 'run_command', 'write', 'edit', 'delete']],
    ['translator', ['list', 'read', 'search', 'diff']],
  ])('%s: %j', (role, expected) => {
    expect(names(role)).toEqual(expected);
  });

  it('run nothing where nothing is allowed', () => {
    expect(names('test_auditor', {})).not.toContain('run_command');
  });

  it('can be chosen, and be of the user', () => {
    const own = { ...readTool, name: 'browse' };
    expect(names('translator', { tools: ['write', own] })).toEqual(['write', 'browse']);
  });

  it.each([
    [['writ' as 'write'], "unknown tool 'writ'; expected list, read,"],
    [['read', readTool] as const, "has the tool 'read' twice"],
  ])('refuse %j', (tools, message) => {
    expect(() => toolSet('translator', { tools })).toThrow(message);
  });
});
