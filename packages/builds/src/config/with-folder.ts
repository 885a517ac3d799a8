/** Commands run in the workspace of the build: `{config}` names what lies beside the config file. */
export function withFolder(argv: readonly string[], folder: string): readonly string[] {
  return argv.map((argument) => argument.replaceAll(/(?<!\{)\{config\}(?!\})/g, () => folder));
}
