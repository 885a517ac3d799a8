import { expect, it } from 'vitest';
import { examplesOf, missingExamples } from './examples.ts';

const source = {
  path: 'packages/paper/src/paper.ts',
  text: `/** Paper. */
export interface Paper {
  /**
   * Folds it.
   *
   * @example
   * paper.fold();
   */
  fold(): void;
}

/**
 * Makes paper.
 *
 * @example
 * const paper = createPaper();
 * paper.fold();
 * @see Paper
 */
export function createPaper(): Paper;

/** Opens a folder of paper. */
export async function openFolder(): Promise<void> {}
`,
  names: new Set(['Paper', 'createPaper', 'openFolder']),
};

it('shows the examples of public exports and of their members, with their lines', () => {
  expect(examplesOf(source)).toEqual([
    { path: source.path, line: 7, code: 'paper.fold();' },
    { path: source.path, line: 16, code: 'const paper = createPaper();\npaper.fold();' },
  ]);
});

it('leaves out the examples of what users cannot import', () => {
  const names = new Set(['Paper']);
  expect(examplesOf({ ...source, names }).map(({ line }) => line)).toEqual([7]);
});

it('names the public factories without an example', () => {
  const problem = `${source.path}: the docblock of 'openFolder' has no @example`;
  expect(missingExamples(source)).toEqual([problem]);
  expect(missingExamples({ ...source, names: new Set(['Paper']) })).toEqual([]);
});
