/**
 * The words of each command in `text`, without redirections and here-documents: enough of a shell to
 * read what documentation shows.
 */
export function words(text: string): readonly (readonly string[])[] {
  const script = text
    .replaceAll(/<<\s*'?(?<end>\w+)'?\n[\s\S]*?\n\k<end>(?=\n|$)/g, '')
    .replaceAll(/\\\n\s*/g, ' ');
  const commands: string[][] = [[]];
  const token =
    /(?<blank>[^\S\n]+|\d?[<>]+\s*\S+)|(?<end>\n|;|\|\|?|&&?)|(?<comment>#[^\n]*)|(?<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;|&'"\\])+)/g;
  for (const { groups = {} } of script.matchAll(token)) {
    if (groups['end'] !== undefined) commands.push([]);
    const word = groups['word'];
    if (word !== undefined) commands.at(-1)?.push(unquoted(word));
  }
  return commands.filter((command) => command.length > 0);
}

function unquoted(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, single, double) => single ?? double);
}
