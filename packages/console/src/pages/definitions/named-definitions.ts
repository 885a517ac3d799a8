export interface NamedDefinition {
  readonly name: string;
  /** Newest first; empty where the server tells none. */
  readonly versions: readonly number[];
}

/** What a server lists as its definitions: names, or names with a version each. */
export function namedDefinitions(listed: readonly string[]): readonly NamedDefinition[] {
  const versions = new Map<string, number[]>();
  for (const one of listed) {
    const [, name = one, version] = /^(.+?)(?:[ @]v?(\d+))?$/.exec(one.trim()) ?? [];
    const known = versions.get(name) ?? [];
    if (version !== undefined) known.push(Number(version));
    versions.set(name, known);
  }
  return [...versions].map(([name, found]) => ({ name, versions: found.sort((a, b) => b - a) }));
}
