// Writes the comments of the wire contract as code, for the server's OpenAPI document: the generated descriptors have
// none. Takes the folder to write to; default: proto/gen.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { protoComments } from './docs/proto-comments.ts';
import { root } from './run.ts';

const [folder = join(root, 'proto/gen')] = process.argv.slice(2);
const entries = [...protoComments()]
  .filter(([, comment]) => comment !== '')
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, comment]) => `  ${JSON.stringify(name)}: ${JSON.stringify(comment)},`);

mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'comments.ts'),
  `// Generated from baton/v1/*.proto. Do not edit.

/** The comments of the wire contract, by \`Message\`, \`Message.field\` and \`Service.Method\`. */
export const COMMENTS: Readonly<Record<string, string>> = {
${entries.join('\n')}
};
`,
);
