/** One entry of a git index, as far as it is needed here. */
export interface IndexEntry {
  /** Second of the file's last change of any kind, as recorded when the file was read. */
  readonly changedAt: number;
  /** Path as bytes, one character each (latin1). */
  readonly path: string;
}

const HEADER = 12;
/** Times, device, inode, mode, owner, group and size of a file. */
const STAT = 40;
const FLAGS = 2;
const EXTENDED = 0x4000;

/**
 * Reads the entries of a git index of version 2 or 3; undefined for any other. The format is
 * described in git's manual, gitformat-index.
 */
export function readIndexEntries(
  index: Buffer,
  objectFormat: string,
): readonly IndexEntry[] | undefined {
  const version = index.length < HEADER ? 0 : index.readUInt32BE(4);
  if (index.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 3) return undefined;
  const objectId = objectFormat === 'sha256' ? 32 : 20;
  const entries: IndexEntry[] = [];
  let at = HEADER;
  for (let left = index.readUInt32BE(8); left > 0; left -= 1) {
    const flags = index.readUInt16BE(at + STAT + objectId);
    const name = at + STAT + objectId + FLAGS + ((flags & EXTENDED) === 0 ? 0 : FLAGS);
    const end = index.indexOf(0, name);
    entries.push({
      changedAt: index.readUInt32BE(at),
      path: index.toString('latin1', name, end),
    });
    // One to eight NULs fill the entry up to a multiple of eight bytes.
    at += Math.ceil((end - at + 1) / 8) * 8;
  }
  return entries;
}
