import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../run.ts';
import { anchors, codeSpans, type Link, links } from './markdown.ts';
import type { Page } from './pages.ts';

/** The API reference is made with the site. */
const MADE_WITH_THE_SITE = 'docs/reference/api/';
const PATH = /^(?:packages|docs|proto|test|scripts|examples|bench)\/[\w./-]*\w\/?$/;

/** Links and paths in code that lead to nothing, and pages that nothing leads to. */
export function checkLinks(pages: readonly Page[]): readonly string[] {
  const byPath = new Map(pages.map((page) => [page.path, page]));
  const broken = pages.flatMap((page) => [
    ...links(page.text).flatMap((link) => problemWith(link, page, byPath)),
    ...codeSpans(page.text)
      .filter(({ code }) => PATH.test(code) && !existsSync(join(root, code)))
      .map(({ code, line }) => `${page.path}:${line}: there is no ${code}`),
  ]);
  return [...broken, ...orphans(pages)];
}

/** Pages that no other page links to: a reader would not find them. */
function orphans(pages: readonly Page[]): readonly string[] {
  const linked = new Set(
    pages.flatMap((page) => links(page.text).map(({ target }) => resolve(page, target).path)),
  );
  return pages
    .map(({ path }) => path)
    .filter((path) => path.startsWith('docs/') && path !== 'docs/README.md' && !linked.has(path))
    .map((path) => `${path}: no page links to it`);
}

function problemWith(
  { target, line }: Link,
  page: Page,
  byPath: ReadonlyMap<string, Page>,
): readonly string[] {
  if (/^(?:https?|mailto):/.test(target)) return [];
  const at = `${page.path}:${line}`;
  const { path, anchor } = resolve(page, target);
  if (path.startsWith(MADE_WITH_THE_SITE)) return [];
  // The site has only what is in docs/.
  if (page.path.startsWith('docs/') && !path.startsWith('docs/')) {
    return [`${at}: ${target} leads out of docs/; name the path in code instead`];
  }
  if (!existsSync(join(root, path))) return [`${at}: there is no ${path}`];
  if (anchor === '') return [];
  const there = byPath.get(path);
  if (there === undefined) return [`${at}: ${path} is no page with headings`];
  return anchors(there.text).has(anchor) ? [] : [`${at}: ${path} has no heading #${anchor}`];
}

function resolve(page: Page, target: string): { readonly path: string; readonly anchor: string } {
  const [file = '', anchor = ''] = target.split('#');
  const path = file === '' ? page.path : normalize(join(dirname(page.path), file));
  return { path, anchor };
}
