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
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && depth < MAX_DEPTH) {
    // Of a union's choices those that come nearest say most about what is missing.
    const least = Math.min(...issue.errors.map((choice) => choice.length));
    const nearest = issue.errors.filter((choice) => choice.length === least);
    const texts = nearest.map((choice) =>
      choice.flatMap((inner) => textsOf(inner, path, depth + 1)).join('; '),
    );
    return [[...new Set(texts)].join('; or ')];
  }
  const where = path.map(String).join('.');
  return [where === '' ? issue.message : `${where}: ${issue.message}`];
}
