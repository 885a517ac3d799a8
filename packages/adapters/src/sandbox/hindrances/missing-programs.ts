import { findOnPath } from '../find-on-path.ts';

/** What shells and `env` say of a program that is not there, with its name. */
const NOT_FOUND: readonly RegExp[] = [
  /(?:^|[\s:])([\w.+-]+): (?:command )?not found\b/gm,
  /command not found: ([\w.+-]+)/g,
  /['‘]([\w.+-]+)['’]: No such file or directory/g,
  /\bspawn ([\w.+-]+) ENOENT\b/g,
];
/** Further ones are not looked for. */
const MOST_PROGRAMS = 20;

/** Where the programs lie that a command did not find, and that are on PATH outside of its sandbox. */
export function missingPrograms(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const names = NOT_FOUND.flatMap((one) => [...text.matchAll(one)].map(([, name = '']) => name));
  return [...new Set(names)].slice(0, MOST_PROGRAMS).flatMap((name) => findOnPath(name, env) ?? []);
}
