import { BatonError } from '@baton/core';
import { z } from 'zod';
import { shownText } from '../../../process/excerpt.ts';
import { deleteAt, readAt, writeAt } from './hold.ts';
import { locateForWriting } from './locate.ts';
import { defineTool } from './role-tool.ts';
import { MAX_BYTES, readTextFile, refuseHidden } from './text-file.ts';

export const editTool = defineTool({
  name: 'edit',
  description:
    'Replaces text in a file. `old` must be there exactly once, to the last space, unless `replaceAll` is set.',
  input: z.strictObject({
    path: z.string().min(1).describe('Relative to the workspace'),
    old: z.string().min(1).describe('The text to replace, without line numbers'),
    new: z.string().describe('The text to put in its place'),
    replaceAll: z.boolean().optional(),
  }),
  summary: ({ path }) => path,
  async run({ path, old, new: replacement, replaceAll = false }, place) {
    const { workspace } = place;
    const target = await locateForWriting(workspace, path);
    const before = await readTextFile(workspace, path);
    // Search the text that is shown: `old` could be a guess at a secret.
    const shown = shownText(place, before);
    const visible = shown.split(old);
    const found = visible.length - 1;
    if (found === 0) {
      throw new BatonError('invalid_input', `\`old\` is not in ${path}: read it and copy exactly`);
    }
    if (found > 1 && !replaceAll) {
      throw new BatonError(
        'invalid_input',
        `\`old\` is in ${path} ${found} times, expected once: add lines around it, or set replaceAll`,
      );
    }
    refuseHidden(path, before, replacement);
    const after = before.split(old).join(replacement);
    if (shown !== before && shownText(place, after) !== visible.join(replacement)) {
      throw new BatonError(
        'invalid_input',
        `this would change a secret in ${path} that is not shown: edit around it`,
      );
    }
    await writeAt(target, after);
    return `replaced ${found} ${found === 1 ? 'occurrence' : 'occurrences'} in ${path}`;
  },
});

const MAX_CHARACTERS = 1024 * 1024;

export const writeTool = defineTool({
  name: 'write',
  description: 'Writes a text file with its folders; what was there is replaced.',
  input: z.strictObject({
    path: z.string().min(1).describe('Relative to the workspace'),
    content: z.string().max(MAX_CHARACTERS).describe('The whole content'),
  }),
  summary: ({ path }) => path,
  async run({ path, content }, { workspace }) {
    const place = await locateForWriting(workspace, path);
    const before = await readAt(place, MAX_BYTES);
    if (before.kind === 'bytes') refuseHidden(path, before.bytes.toString('utf8'), content);
    await writeAt(place, content);
    return `wrote ${Buffer.byteLength(content)} bytes to ${path}`;
  },
});

export const deleteTool = defineTool({
  name: 'delete',
  description: 'Deletes a file.',
  input: z.strictObject({ path: z.string().min(1).describe('Relative to the workspace') }),
  summary: ({ path }) => path,
  async run({ path }, { workspace }) {
    const place = await locateForWriting(workspace, path);
    try {
      await deleteAt(place);
    } catch {
      throw new BatonError('invalid_input', `cannot delete ${path}: there is no such file`);
    }
    return `deleted ${path}`;
  },
});
