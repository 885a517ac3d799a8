import { spawnSync } from 'node:child_process';
import { compileSnippets, type Snippet } from './compile-snippets.ts';
import { examplesOf, missingExamples, publicSources } from './examples.ts';
import { type Fence, fences } from './markdown.ts';
import type { Page } from './pages.ts';

interface CodeBlock extends Fence {
  readonly page: string;
}

/**
 * TypeScript that does not compile, in pages and in the examples of public docblocks; public factories
 * without an example; and Python that is not well-formed. A comment above a snippet of a page that begins
 * with `given:` declares what the snippet uses; a comment `other: <what>` keeps it from being compiled.
 */
export function checkCode(pages: readonly Page[]): readonly string[] {
  const blocks = pages.flatMap(({ path, text }) =>
    fences(text)
      .filter(({ comment }) => !comment.startsWith('other:'))
      .map((fence): CodeBlock => ({ ...fence, page: path })),
  );
  const snippets = blocks.filter(({ language }) => language === 'ts').map(snippetOf);
  const sources = publicSources();
  return [
    ...sources.flatMap(missingExamples),
    ...compileSnippets([...snippets, ...sources.flatMap(examplesOf)]),
    ...blocks.filter(({ language }) => language === 'python').flatMap(pythonProblems),
  ];
}

function snippetOf({ page, line, code, comment }: CodeBlock): Snippet {
  const snippet = { path: page, line, code };
  if (!comment.startsWith('given:')) return snippet;
  return { ...snippet, given: comment.slice('given:'.length).trim() };
}

function pythonProblems({ page, line, code }: CodeBlock): readonly string[] {
  const { status, stderr, error } = spawnSync(
    'python3',
    ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'],
    { input: code, encoding: 'utf8' },
  );
  if (error !== undefined) return [`${page}:${line}: python3 cannot be run: ${error.message}`];
  return status === 0 ? [] : [`${page}:${line}: ${stderr.trim().split('\n').at(-1)}`];
}
