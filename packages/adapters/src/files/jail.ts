import { readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, parse, relative, resolve, sep } from 'node:path';
import { BatonError } from '@baton/core';
import { hasCode, isMissing } from './files.ts';

/** Symbolic links to follow on one path; Linux has the same limit. */
const MAX_LINKS = 40;
/** Linux's limit for a path; other systems have a lower one. */
const MAX_PATH_BYTES = 4095;

/**
 * Resolves `path` inside `root`, which must be a real path. A missing file is judged by where creating it
 * would write, through dangling links and linked parent folders. Git's own files are forbidden, because their
 * hooks and settings run as commands.
 *
 * @throws BatonError `invalid_input` for an absolute path, one that leaves `root`, or `.git`.
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  if (path.includes('\0')) throw refusal(path, 'it contains a NUL character');
  if (isAbsolute(path)) throw refusal(path, 'it is absolute');
  const inside = normalize(path);
  checkPlace(path, inside, 'it');
  const absolute = resolve(root, inside);
  // No system opens it, and following it takes a call and an error a segment.
  if (Buffer.byteLength(absolute) > MAX_PATH_BYTES) throw refusal(path, 'it is too long');
  checkPlace(path, relative(root, await follow(absolute, path)), 'a symbolic link on the way');
  return absolute;
}

function checkPlace(path: string, place: string, culprit: string): void {
  const segments = place.split(sep);
  if (segments[0] === '..' || isAbsolute(place)) {
    throw refusal(path, `${culprit} leads out of the workspace`);
  }
  if (segments.some((segment) => segment.toLowerCase() === '.git')) {
    throw refusal(path, `${culprit} leads into git's own files`);
  }
}

/**
 * Resolves all links of `path`, whether or not it exists. Like the system, it goes segment by segment: `..`
 * behind a link is the parent of the link's target, so the path cannot be normalized first.
 */
async function follow(path: string, asked: string): Promise<string> {
  let place = parse(path).root;
  let ahead = path.split(sep);
  for (let links = 0; ahead.length > 0; ) {
    const [segment = '', ...rest] = ahead;
    ahead = rest;
    if (segment === '..') place = dirname(place);
    if (segment === '' || segment === '.' || segment === '..') continue;
    const next = join(place, segment);
    const link = await linkAt(next, asked);
    if (link === undefined) {
      place = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) throw refusal(asked, 'it passes too many symbolic links');
    if (isAbsolute(link)) place = parse(link).root;
    ahead = [...link.split(sep), ...ahead];
  }
  return place;
}

/** The target of the link at `path`; undefined when there is no link. */
async function linkAt(path: string, asked: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (reason) {
    if (isMissing(reason) || hasCode(reason, 'EINVAL')) return undefined;
    if (hasCode(reason, 'ENAMETOOLONG')) throw refusal(asked, 'it is too long');
    throw refusal(asked, `it cannot be followed (${String(reason)})`);
  }
}

function refusal(path: string, problem: string): BatonError {
  const description = `${problem}; expected a relative path that stays inside the workspace`;
  return new BatonError(
    'invalid_input',
    `the path ${JSON.stringify(path)} is refused: ${description}`,
    { violations: [{ field: 'path', description }] },
  );
}
