import { BatonError } from '@baton/core';

/** Git's words for a filter that failed, by its name, or by its command where that is all it tells. */
const FAILED = [
  /(?:clean|smudge) filter '?(.+?)'? failed/,
  /external filter '(.+)' failed/,
  // One that talks to git and is gone before git has spoken: the shell alone says what was missing.
  /(\S+): (?:command )?not found/,
];
/** One that fails otherwise may work another time. */
const NO_PROGRAM = /not found|No such file or directory|failed 127/;

/** Git's words for a file that has not the encoding which its attributes name. */
const OTHER_ENCODING = /failed to encode '(.+)' from (\S+) to/;

/** A failure of git to convert files, told as what to do about it. */
export function explainedFilterFailure(reason: unknown): BatonError {
  const error = BatonError.from(reason);
  const [, path, encoding] = OTHER_ENCODING.exec(error.message) ?? [];
  if (path !== undefined) {
    return cannotConvert(
      `.gitattributes says that ${path} is ${encoding}, and it is not: write it as ${encoding}`,
      error,
    );
  }
  const [filter] = FAILED.flatMap((words) => words.exec(error.message)?.[1] ?? []);
  if (filter === undefined || !NO_PROGRAM.test(error.message)) return error;
  return cannotConvert(
    `the repository requires the filter ${filter}, whose program is not there: install it`,
    error,
  );
}

/** A file that would be stored in clear where the repository holds it filtered. */
export function unknownFilter(path: string, filter: string): BatonError {
  return cannotConvert(
    `.gitattributes sends ${path} through the filter '${filter}', but git's settings have no 'filter.${filter}.clean': install the program and set it up (for git-lfs: git lfs install), or leave the file alone`,
  );
}

function cannotConvert(description: string, cause?: BatonError): BatonError {
  return new BatonError('invalid_input', `git cannot convert the files: ${description}`, {
    violations: [{ field: 'repository', description }],
    cause,
  });
}
