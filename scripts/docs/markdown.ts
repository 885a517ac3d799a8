// The parts of a Markdown page that the checks look at.

export interface Fence {
  /** The first word after the backticks, such as `ts`. */
  readonly language: string;
  readonly code: string;
  /** The line of the page on which the code begins, from 1. */
  readonly line: number;
  /** The HTML comment right above the fence, without its marks. */
  readonly comment: string;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

const FENCE = /^(?<indent> *)```(?<language>\w*)[^\n]*\n(?<code>[\s\S]*?)^\k<indent>```$/gm;

export function fences(text: string): readonly Fence[] {
  return [...text.matchAll(FENCE)].map(({ index, groups = {} }) => {
    const { indent = '', language = '', code = '' } = groups;
    return {
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: lineAt(text, index) + 1,
      comment:
        /<!--(?<inside>(?:(?!-->)[\s\S])*)-->\s*$/
          .exec(text.slice(0, index))
          ?.groups?.['inside']?.trim() ?? '',
    };
  });
}

/** Targets of links and images outside of code. */
export function links(text: string): readonly Link[] {
  const prose = withoutCode(text);
  const inline = [...prose.matchAll(/\]\((?<target>[^)\s]+)\)/g)];
  const html = [...prose.matchAll(/(?:src|href|srcset)="(?<target>[^"]+)"/g)];
  return [...inline, ...html].map(({ index, groups }) => ({
    target: groups?.['target'] ?? '',
    line: lineAt(text, index),
  }));
}

/** Code within sentences and tables. */
export function codeSpans(
  text: string,
): readonly { readonly code: string; readonly line: number }[] {
  return [...withoutFences(text).matchAll(/`(?<code>[^`\n]+)`/g)].map(({ index, groups }) => ({
    code: groups?.['code'] ?? '',
    line: lineAt(text, index),
  }));
}

/** The anchors of a page, as GitHub makes them. */
export function anchors(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const found = [...withoutFences(text).matchAll(/^#{1,6} +(?<title>.+?)\s*$/gm)];
  return new Set(
    found.map(({ groups }) => {
      const slug = slugOf(groups?.['title'] ?? '');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}

/** GitHub's rule: lower case, no punctuation, a hyphen for each blank. The site uses it as well. */
export function slugOf(title: string): string {
  return title
    .replaceAll(/\[(?<text>[^\]]*)\]\([^)]*\)/g, '$<text>')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** Blanks in the place of fences, so that positions stay. */
function withoutFences(text: string): string {
  return text.replaceAll(FENCE, blank);
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]+`/g, blank);
}

function blank(found: string): string {
  return found.replaceAll(/[^\n]/g, ' ');
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
