import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** How deep the choices of a union are told apart. */
const MAX_DEPTH = 4;

/** What is wrong, one sentence each with the path of the field, for a model to correct it by. */
export function violationTexts(issues: readonly Issue[]): string[] {
  return [...new Set(issues.flatMap((issue) => textsOf(issue, [], 0)))];
}

function textsOf(issue: Issue, above: readonly PropertyKey[], depth: number): string[] {
  const path = [...above, ...issue.path];
  // Of a union's choices the one that comes nearest says most about what is missing.
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && depth < MAX_DEPTH) {
    const [nearest = []] = [...issue.errors].sort((a, b) => a.length - b.length);
    const texts = nearest.flatMap((inner) => textsOf(inner, path, depth + 1));
    if (texts.length > 0) return texts;
  }
  const where = path.map(String).join('.');
  return [where === '' ? issue.message : `${where}: ${issue.message}`];
}
