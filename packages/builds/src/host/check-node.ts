/** The oldest Node with all that Baton stands on: SQLite, and TypeScript that runs as it is. */
const OLDEST = [22, 18] as const;

/** Why Baton cannot run on this version of Node; undefined when it can. */
export function tooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `baton needs Node ${OLDEST.join('.')} or later, this is Node ${version}`;
}
