/** A file as git stores it: mode and object id with a blank between them; or why there is none. */
export type Hashed = string | undefined | { readonly unstorable: true };

interface HasherOptions {
  readonly root: string;
  /** `sha1` or `sha256`. */
  readonly objectFormat: string;
}

/**
 * Hashes files below a folder. Returns undefined for missing files, which include a folder in place of a file
 * and anything behind a link.
 *
 * It runs in workers from its source text, so it uses nothing but its arguments.
 *
 * @throws Error when a file cannot be read, or keeps changing while it is read.
 */
export function createFileHasher(
  fs: Pick<
    typeof import('node:fs'),
    'constants' | 'lstatSync' | 'openSync' | 'fstatSync' | 'readSync' | 'closeSync' | 'readlinkSync'
  >,
  crypto: Pick<typeof import('node:crypto'), 'createHash'>,
  { root, objectFormat }: HasherOptions,
): { hash(path: string): Hashed } {
  const attempts = 3;
  const buffer = Buffer.allocUnsafe(256 * 1024);
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  const base = Buffer.from(`${root}/`);
  const absent = new Set(['ENOENT', 'ENOTDIR']);
  const codeOf = (reason: unknown): string =>
    reason instanceof Error && 'code' in reason ? String(reason.code) : '';
  const placeOf = (path: string): Buffer => Buffer.concat([base, Buffer.from(path, 'latin1')]);

  const folders = new Map<string, boolean>([['', true]]);
  /** Whether every parent of a path is a folder, not a link. */
  const isReached = (path: string): boolean => {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const stat = isReached(folder)
      ? fs.lstatSync(placeOf(folder), { throwIfNoEntry: false })
      : undefined;
    const reached = stat?.isDirectory() === true;
    folders.set(folder, reached);
    return reached;
  };

  const idOf = (bytes: Buffer): string =>
    crypto.createHash(objectFormat).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

  /** Undefined when the file was written meanwhile. */
  const idOfOpen = (file: number, size: number): string | undefined => {
    const hash = crypto.createHash(objectFormat).update(`blob ${size}\0`);
    let total = 0;
    for (;;) {
      const read = fs.readSync(file, buffer, 0, buffer.length, null);
      if (read === 0) return total === size ? hash.digest('hex') : undefined;
      total += read;
      if (total > size) return undefined;
      hash.update(buffer.subarray(0, read));
    }
  };

  const hashOpen = (file: number): Hashed | 'changing' => {
    const stat = fs.fstatSync(file);
    if (stat.isDirectory()) return undefined;
    if (!stat.isFile()) return { unstorable: true };
    const id = idOfOpen(file, stat.size);
    if (id === undefined) return 'changing';
    return `${(stat.mode & 0o100) === 0 ? '100644' : '100755'} ${id}`;
  };

  const attempt = (path: string): Hashed | 'changing' => {
    const place = placeOf(path);
    let file: number;
    try {
      file = fs.openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (reason) {
      const code = codeOf(reason);
      if (absent.has(code)) return undefined;
      // Links are not followed (ELOOP; EMLINK on some systems), and sockets cannot be opened (ENXIO).
      const stat = fs.lstatSync(place, { throwIfNoEntry: false });
      if (stat?.isSymbolicLink()) {
        return `120000 ${idOf(fs.readlinkSync(place, { encoding: 'buffer' }))}`;
      }
      if (stat !== undefined && !stat.isFile() && !stat.isDirectory()) return { unstorable: true };
      throw reason;
    }
    try {
      return hashOpen(file);
    } finally {
      fs.closeSync(file);
    }
  };

  return {
    hash(path) {
      if (!isReached(path)) return undefined;
      for (let made = 0; made < attempts; made += 1) {
        const found = attempt(path);
        if (found !== 'changing') return found;
      }
      throw new Error(`${path} goes on changing while it is read`);
    },
  };
}
