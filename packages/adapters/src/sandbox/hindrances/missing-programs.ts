import { findOnPath } from '../find-on-path.ts';

/** Messages of shells and `env` about a missing program, with its name. */
const NOT_FOUND: readonly RegExp[] = [
  /(?:^|[\s:])([\w.+-]+): (?:command )?not found\b/gm,
  /command not found: ([\w.+-]+)/g,
  /['‘]([\w.+-]+)['’]: No such file or directory/g,
  /\bspawn ([\w.+-]+) ENOENT\b/g,
];
/** Programs to look for, at most. */
const MOST_PROGRAMS = 20;

/** Finds programs that a command missed and that are on PATH outside of its sandbox. */
export function missingPrograms(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const names = NOT_FOUND.flatMap((one) => [...text.matchAll(one)].map(([, name = '']) => name));
  return [...new Set(names)].slice(0, MOST_PROGRAMS).flatMap((name) => findOnPath(name, env) ?? []);
}
