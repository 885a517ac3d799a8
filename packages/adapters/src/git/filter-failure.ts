import { BatonError } from '@baton/core';

/** Git's messages about a failed filter, by its name or, where that is all they tell, its command. */
const FAILED = [
  /(?:clean|smudge) filter '?(.+?)'? failed/,
  /external filter '(.+)' failed/,
  // A long-running filter that exits before git's handshake: only the shell says what was missing.
  /(\S+): (?:command )?not found/,
];
/** Filters that fail in other ways may work another time. */
const NO_PROGRAM = /not found|No such file or directory|failed 127/;

/** Git's message about a file that does not have the encoding in its attributes. */
const OTHER_ENCODING = /failed to encode '(.+)' from (\S+) to/;

/** Explains a failed conversion of files, with the remedy. */
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

/** A file that would be stored unfiltered although the repository stores it filtered. */
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
