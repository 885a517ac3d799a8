// The `@example` of docblocks of public exports and of their members.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../run.ts';
import type { Snippet } from './compile-snippets.ts';
import { publicExports } from './public-exports.ts';

/** A source file and the names that users can import from it. */
export interface PublicSource {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly names: ReadonlySet<string>;
}

interface Docblock {
  /** The line on which it begins, from 1. */
  readonly line: number;
  /** Its lines, without the marks of a comment. */
  readonly lines: readonly string[];
  /** The export that it describes, or whose member it describes. */
  readonly owner: string;
  readonly isOfMember: boolean;
}

const DOCBLOCK = /^(?<indent> *)\/\*\*(?<inside>(?:(?!\*\/)[\s\S])*)\*\/\n/gm;
const DECLARED =
  /^export (?:abstract )?(?:async )?(?:function\*?|const|class|interface|type) (?<name>\w+)/;
/** Functions that make or begin something: their docblocks show a call. */
const FACTORY =
  /^export (?:async )?function (?<name>(?:create|define|migrate|open|run|serve|start)(?![a-z])\w*)/gm;

export function publicSources(): readonly PublicSource[] {
  const files = Map.groupBy(publicExports(), ({ file }) => file);
  return [...files].map(([path, exports]) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
    names: new Set(exports.map(({ name }) => name)),
  }));
}

/** The examples that a file shows its users. */
export function examplesOf({ path, text, names }: PublicSource): readonly Snippet[] {
  return docblocks(text)
    .filter(({ owner }) => names.has(owner))
    .flatMap(({ line, lines }) => {
      const start = exampleStart(lines);
      if (start === 0) return [];
      const length = lines.slice(start).findIndex((one) => /^@\w+/.test(one));
      const code = lines.slice(start, length === -1 ? undefined : start + length);
      return [{ path, line: line + start, code: code.join('\n').trimEnd() }];
    });
}

/** A problem for each public factory of a file that shows no example. */
export function missingExamples({ path, text, names }: PublicSource): readonly string[] {
  const shown = docblocks(text)
    .filter(({ isOfMember, lines }) => !isOfMember && exampleStart(lines) > 0)
    .map(({ owner }) => owner);
  const factories = [...text.matchAll(FACTORY)].map(({ groups }) => groups?.['name'] ?? '');
  return [...new Set(factories)]
    .filter((name) => names.has(name) && !shown.includes(name))
    .map((name) => `${path}: the docblock of '${name}' has no @example`);
}

/** Index of the first line of code; 0 where there is no example. */
function exampleStart(lines: readonly string[]): number {
  return lines.indexOf('@example') + 1;
}

function docblocks(text: string): readonly Docblock[] {
  return [...text.matchAll(DOCBLOCK)].map(({ 0: whole, index, groups = {} }) => {
    const isOfMember = groups['indent'] !== '';
    const before = text.slice(0, index).split('\n');
    const after = text.slice(index + whole.length).split('\n', 1);
    const owner = (isOfMember ? before.toReversed() : after).map(declaredIn).find(Boolean) ?? '';
    const lines = (groups['inside'] ?? '').split('\n').map((one) => one.replace(/^ *\* ?/, ''));
    return { line: before.length, lines, owner, isOfMember };
  });
}

function declaredIn(line: string): string | undefined {
  return DECLARED.exec(line)?.groups?.['name'];
}
