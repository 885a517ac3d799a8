import type { Breathe } from '../../../api/turns.ts';
import { isBracketed, readLeftOut } from '../left-out.ts';
import { combineFiles } from './combine-diffs.ts';
import { headerPath, unquoted } from './git-path.ts';
import {
  type FileChange,
  type FileSide,
  type Hunk,
  NO_ID,
  type Patch,
  unknownSide,
} from './patch.ts';
import { linesOf, type PatchText } from './patch-text.ts';
import { readHunk } from './read-hunk.ts';

const HEADER = 'diff --git ';

/**
 * A diff of git, to compute with. It is read strictly, so that nothing is taken for what it is not.
 *
 * @throws Error what was found where, for a text that is no such diff.
 */
export async function readPatch(text: string, breathe: Breathe): Promise<Patch> {
  const lines = linesOf(text);
  const files = new Map<string, FileChange>();
  let unnamed = 0;
  const add = (file: FileChange): void => {
    const path = file.after?.path ?? file.before?.path ?? '';
    const before = files.get(path);
    // A file that becomes a link is deleted and added: two changes, one after the other.
    const whole = before === undefined ? file : combineFiles(before, file);
    if (whole !== undefined) files.set(path, whole);
  };
  for (let line = lines.peek(); line !== undefined; line = lines.peek()) {
    await breathe();
    if (line.startsWith(HEADER)) {
      add(readFile(lines));
      continue;
    }
    lines.next();
    const leftOut = readLeftOut(line);
    if (leftOut === undefined) {
      throw lines.unexpected(`'${HEADER.trim()}', or what was left out in brackets`, line);
    }
    if (leftOut.kind === 'more') {
      unnamed += leftOut.files;
      continue;
    }
    const side = unknownSide(leftOut.path);
    add({ before: side, after: side, hunks: [], hidden: leftOut.why });
  }
  return { files: [...files.values()], unnamed };
}

/** What the lines above the hunks say. */
interface Extended {
  from?: string;
  to?: string;
  modeBefore?: string | undefined;
  modeAfter?: string | undefined;
  idBefore?: string | undefined;
  idAfter?: string | undefined;
  isNew?: boolean;
  isDeleted?: boolean;
  hidden?: string;
}

function readFile(lines: PatchText): FileChange {
  const header = lines.next() ?? '';
  const said: Extended = {};
  let hunks: readonly Hunk[] = [];
  for (let line = lines.peek(); line !== undefined; line = lines.peek()) {
    if (line.startsWith('--- ')) {
      hunks = readHunks(lines);
      break;
    }
    if (!readExtended(line, said)) break;
    lines.next();
    if (line === 'GIT binary patch') skipBinary(lines);
  }
  const path = said.to ?? headerPath(header.slice(HEADER.length));
  if (path === undefined) throw lines.unexpected('the same path twice', header);
  const { from = path, isNew = false, isDeleted = false, hidden } = said;
  const before = sideOf(from, said.modeBefore, said.idBefore);
  const after = sideOf(path, said.modeAfter, said.idAfter);
  return {
    before: isNew ? undefined : before,
    after: isDeleted ? undefined : after,
    hunks: hidden === undefined ? hunks : [],
    hidden,
  };
}

function sideOf(path: string, mode: string | undefined, id: string | undefined): FileSide {
  return { path, mode, id: id === undefined || NO_ID.test(id) ? undefined : id, isThere: true };
}

/** @returns false for a line that belongs to no header. */
function readExtended(line: string, said: Extended): boolean {
  const [, words = '', value = ''] = EXTENDED.exec(line) ?? [];
  switch (words) {
    case 'old mode':
      said.modeBefore = value;
      return true;
    case 'new mode':
      said.modeAfter = value;
      return true;
    case 'new file mode':
      said.isNew = true;
      said.modeAfter = value;
      return true;
    case 'deleted file mode':
      said.isDeleted = true;
      said.modeBefore = value;
      return true;
    case 'index': {
      const [, before, after, mode] = INDEX.exec(value) ?? [];
      said.idBefore = before;
      said.idAfter = after;
      said.modeBefore ??= mode;
      said.modeAfter ??= mode;
      return true;
    }
    case 'rename from':
      said.from = unquoted(value);
      return true;
    case 'copy to':
      said.isNew = true;
      said.hidden = 'it is a copy of another file';
      said.to = unquoted(value);
      return true;
    case 'rename to':
      said.to = unquoted(value);
      return true;
    case 'copy from':
    case 'similarity index':
    case 'dissimilarity index':
      return true;
    case 'GIT binary patch':
    case 'Binary files':
      said.hidden = 'it is a binary file';
      return true;
    default:
      return false;
  }
}

const EXTENDED =
  /^(old mode|new mode|new file mode|deleted file mode|index|rename from|rename to|copy from|copy to|similarity index|dissimilarity index|GIT binary patch|Binary files)(?: (.*))?$/s;
const INDEX = /^([0-9a-f]+)\.\.([0-9a-f]+)(?: (\d+))?$/;

function readHunks(lines: PatchText): readonly Hunk[] {
  lines.next();
  const second = lines.next();
  if (!second?.startsWith('+++ ')) throw lines.unexpected("'+++ '", second);
  const hunks: Hunk[] = [];
  while (lines.peek()?.startsWith('@@ ')) hunks.push(readHunk(lines));
  return hunks;
}

function skipBinary(lines: PatchText): void {
  for (let line = lines.peek(); line !== undefined; line = lines.peek()) {
    if (line.startsWith(HEADER) || isBracketed(line)) return;
    lines.next();
  }
}
