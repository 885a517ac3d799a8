import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { loadPrompt } from './load-prompt.ts';
import { rolesSchema } from './role-schema.ts';

function folderOf(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'prompts'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('the prompt of a role', () => {
  it('is a text to append, or a file beside the configuration in place of ours', async () => {
    const folder = folderOf({ 'prompts/writer.md': 'You are careful.\n' });
    const load = (prompt: object) => loadPrompt('code_writer', { prompt }, folder);
    expect(await load({ append: 'Be brief.' })).toEqual({ append: 'Be brief.' });
    expect(await load({ file: 'prompts/writer.md' })).toEqual({ replace: 'You are careful.\n' });
    expect(await loadPrompt('code_writer', { prompt: undefined }, folder)).toBeUndefined();
  });

  it.each([
    ['missing.md', 'is not there; expected a text file'],
    ['prompts', 'is not a file; expected a text file'],
    ['empty.md', 'is empty; expected text'],
    ['large.md', 'has 65537 bytes; expected at most 65536'],
    ['binary.md', 'is not UTF-8; expected a text file'],
  ])('is refused with what is wrong with the file: %s', async (file, problem) => {
    const folder = folderOf({
      'empty.md': ' \n',
      'large.md': 'x'.repeat(65_537),
      'binary.md': Buffer.from([0xff, 0xfe, 0x00]),
    });
    const path = file === 'empty.md' ? file : join(folder, file);
    await expect(loadPrompt('code_writer', { prompt: { file } }, folder)).rejects.toMatchObject({
      code: 'invalid_input',
      message: `roles.code_writer.prompt.file: ${path} ${problem}`,
    });
  });

  it.each([
    [{ model: 'm', prompt: {} }, 'found neither; expected either append or file'],
    [{ model: 'm', prompt: { append: 'a', file: 'b' } }, 'found both; expected either'],
    [{ model: 'm', prompt: { append: '' } }, 'expected string to have >=1 characters'],
    [{ command: ['x'], prompt: { append: 'a' } }, 'goes with a model or an agent only'],
  ])('is refused where it means nothing: %j', (entry, problem) => {
    const { error } = rolesSchema.safeParse({ code_writer: entry });
    expect(error?.message).toContain(problem);
  });
});
