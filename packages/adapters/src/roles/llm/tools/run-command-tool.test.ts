import { describe, expect, it } from 'vitest';
import { folderWorkspace } from '../../testing/folder-workspace.ts';
import { use } from '../testing/tool-use.ts';
import { runCommandTool } from './run-command-tool.ts';

describe('run_command', () => {
  const node = (code: string) => [process.execPath, '-e', code];
  const tool = runCommandTool([
    {
      name: 'greet',
      argv: node(
        'console.log("out", ...process.argv.slice(1)); console.error("err"); process.exit(3)',
      ),
      acceptsArguments: true,
    },
    { name: 'long', argv: node('console.log("a".repeat(50000) + "END")') },
    { name: 'slow', argv: node('setTimeout(() => {}, 60000)'), timeoutMs: 200 },
    { name: 'shell', argv: ['echo', '$HOME; id'] },
  ]);
  const run = (input: object) => use(tool, input, folderWorkspace());

  it('answers exit code and output, and passes arguments where it may', async () => {
    expect(await run({ name: 'greet', args: ['a b', '$(id)'] })).toBe(
      'exit code 3\n== stdout\nout a b $(id)\n== stderr\nerr',
    );
  });

  it('keeps head and tail of a long output', async () => {
    const output = await run({ name: 'long' });
    expect(output.length).toBeLessThan(13_000);
    expect(output).toContain('characters left out');
    expect(output).toContain('END');
  });

  it('ends what takes too long', async () => {
    expect(await run({ name: 'slow' })).toBe('did not end in time');
  });

  it('has no shell', async () => {
    expect(await run({ name: 'shell' })).toContain('$HOME; id');
  });

  it('tells the model what there is', () => {
    expect(tool.description).toContain(`- shell: echo "$HOME; id"`);
    expect(tool.description).toContain('[args …]');
    expect(tool.summary({ name: 'greet', args: ['x'] })).toBe('greet x');
  });
});
