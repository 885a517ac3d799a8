import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';

const DECLARATION = /^(?<kind>message|service|enum) (?<name>\w+)/;
const METHOD = /^rpc (?<name>\w+)/;
const MEMBER = /^(?:(?:optional|repeated) )?(?:map<[^>]*>|[\w.]+)? ?(?<name>\w+) = \d+/;

/**
 * The comment above each message, field, service, method and enum value of the wire contract, by
 * `Message` or `Message.field`. The generated descriptors have no comments.
 */
export function protoComments(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync('proto/baton/v1/*.proto', { cwd: root })) {
    readComments(readFileSync(join(root, file), 'utf8'), found);
  }
  return found;
}

function readComments(text: string, found: Map<string, string>): void {
  const outer: string[] = [];
  let comment: string[] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line.startsWith('//')) {
      comment.push(line.slice(2).trim());
      continue;
    }
    const declared = DECLARATION.exec(line) ?? METHOD.exec(line) ?? MEMBER.exec(line);
    const name = declared?.groups?.['name'];
    if (name !== undefined)
      found.set([...outer, name].filter(Boolean).join('.'), comment.join(' '));
    comment = [];
    if (line.endsWith('{')) outer.push(DECLARATION.exec(line)?.groups?.['name'] ?? '');
    if (line.startsWith('}')) outer.pop();
  }
}
