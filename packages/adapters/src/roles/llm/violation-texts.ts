import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Depth to which the choices of a union are explained. */
const MAX_DEPTH = 4;

/** Describes each issue in a sentence with the path of its field, so that a model can correct it. */
export function violationTexts(issues: readonly Issue[]): string[] {
  return [...new Set(issues.flatMap((issue) => textsOf(issue, [], 0)))];
}

function textsOf(issue: Issue, above: readonly PropertyKey[], depth: number): string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && depth < MAX_DEPTH) {
    // The choices with the fewest issues are the most similar ones and explain best what is missing.
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
