/**
 * Arguments without some options, `--name=value` or `--name value`.
 *
 * @param valued options whose value may be the next word.
 * @param flags options without one.
 */
export function withoutOptions(
  args: readonly string[],
  valued: readonly string[],
  flags: readonly string[] = [],
): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const [name = ''] = arg.split('=');
    if (flags.includes(name)) continue;
    if (!valued.includes(name)) kept.push(arg);
    else if (!arg.includes('=') && !args[index + 1]?.startsWith('-')) index += 1;
  }
  return kept;
}
