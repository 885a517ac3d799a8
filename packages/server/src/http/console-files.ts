import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the console, as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly etag: string;
  /** Whether its name has a digest of its content, so that it never changes. */
  readonly isImmutable: boolean;
  /** The content by `content-encoding`; `identity` is always there. */
  readonly encoded: ReadonlyMap<string, Uint8Array>;
}

/** The page that every link into the console opens. */
export const CONSOLE_PAGE = 'index.html';

/** Files below it have names with digests. */
const ASSETS = 'assets/';

/** Where the console is: beside the built server, in a checkout, beside a bundle in a checkout. */
const PLACES = ['./console/', '../../../console/static/', '../../console/static/'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Compressed when the console is built, the smallest first. */
const ENCODINGS: readonly (readonly [encoding: string, suffix: string])[] = [
  ['br', '.br'],
  ['gzip', '.gz'],
];

/** The folder with the built console; undefined where it was not built. */
export function findConsole(): string | undefined {
  return PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) =>
    existsSync(join(folder, CONSOLE_PAGE)),
  );
}

/** Every file of the folder by its path: what is asked for is looked up here, and never on the disk. */
export function readConsole(folder: string): ReadonlyMap<string, ConsoleFile> {
  const paths = globSync('**/*', { cwd: folder }).map((path) => path.replaceAll('\\', '/'));
  const files = paths.flatMap((path) => {
    const type = TYPES[extname(path)];
    if (type === undefined || !statSync(join(folder, path)).isFile()) return [];
    return [[path, readFile(folder, path, type)] as const];
  });
  return new Map(files);
}

function readFile(folder: string, path: string, type: string): ConsoleFile {
  const content = readFileSync(join(folder, path));
  const digest = createHash('sha256').update(content).digest('base64url').slice(0, 22);
  const compressed = ENCODINGS.flatMap(([encoding, suffix]) => {
    const name = join(folder, path + suffix);
    return existsSync(name) ? [[encoding, readFileSync(name)] as const] : [];
  });
  return {
    type,
    etag: `"${digest}"`,
    isImmutable: path.startsWith(ASSETS),
    encoded: new Map<string, Uint8Array>([...compressed, ['identity', content]]),
  };
}
