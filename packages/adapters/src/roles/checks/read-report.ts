import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { basename, extname, sep } from 'node:path';
import { BatonError, type RoleContext } from '@baton/core';

/** A report, or why there is none, in words that are the same every time. */
export type Reading<Report> =
  | { readonly kind: 'read'; readonly report: Report }
  | { readonly kind: 'none'; readonly problem: string };

const MAX_BYTES = 64 * 1024 * 1024;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.xml': 'application/xml',
  '.json': 'application/json',
};

/**
 * Checks the place of a report. A file from an earlier run would look like a new one, so reports are only
 * read from the new folder.
 *
 * @throws BatonError `invalid_input` for a path elsewhere.
 */
export function checkReportPath(path: string): void {
  const inside = path.startsWith('{reports}/') && !path.split('/').includes('..');
  if (inside) return;
  throw new BatonError(
    'invalid_input',
    `the report path ${JSON.stringify(path)} is refused: expected it to begin with {reports}/, which holds nothing of earlier runs`,
  );
}

/**
 * Reads a report and never throws: a missing report is a finding, not a failure. It reads only regular files
 * and links to files among the reports. Anything else could block, never end, or come from an earlier run.
 *
 * @param folder where all reports of this run lie.
 * @param context where the report is kept. Default: nowhere.
 */
export async function readReport<Report>(
  path: string,
  folder: string,
  parse: (text: string) => Report,
  { artifact }: Pick<RoleContext, 'artifact'> = {},
): Promise<Reading<Report>> {
  const text = await readText(path, folder);
  if (typeof text !== 'string') return { kind: 'none', ...text };
  const mediaType = MEDIA_TYPES[extname(path)] ?? 'text/plain';
  await artifact?.({ kind: 'report', name: basename(path), mediaType }, text);
  try {
    return { kind: 'read', report: parse(text) };
  } catch (reason) {
    return { kind: 'none', problem: unreadable(reason) };
  }
}

async function readText(
  path: string,
  folder: string,
): Promise<string | { readonly problem: string }> {
  let file: FileHandle;
  try {
    // All commands of the run have ended, so nothing changes the files any more.
    const real = await realpath(path);
    if (!real.startsWith(`${folder}${sep}`)) {
      return { problem: 'it is a link to a file elsewhere, not written by this run' };
    }
    // Non-blocking: opening a FIFO without a writer would block for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { problem: 'it was not written' };
    return { problem: `it cannot be opened (${code})` };
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) return { problem: 'it is no regular file' };
    if (found.size > MAX_BYTES) return { problem: `it is larger than ${MAX_BYTES} bytes` };
    const text = decodeReport(await file.readFile());
    return text.trim() === '' ? { problem: 'it is empty' } : text;
  } catch (reason) {
    return { problem: unreadable(reason) };
  } finally {
    await file.close();
  }
}

function unreadable(reason: unknown): string {
  return `it cannot be read: ${reason instanceof Error ? reason.message : String(reason)}`;
}

const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/;
const HEAD_BYTES = 512;

/**
 * Decodes a report. The encoding follows from its byte order mark, from the zero bytes of UTF-16 or from an
 * XML declaration; otherwise it is UTF-8.
 *
 * @throws Error when an XML declaration names an unknown encoding.
 */
function decodeReport(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // A report begins with an ASCII character.
  if (first === 0 && second !== 0) return 'utf-16be';
  if (second === 0 && first !== 0 && first !== undefined) return 'utf-16le';
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const [, declared = 'utf-8'] = DECLARED.exec(head.replace(/^\u00ef\u00bb\u00bf/, '')) ?? [];
  // .NET declares UTF-16 in files that it writes in UTF-8.
  if (/^utf-?16|^ucs-?2|^utf-?32/i.test(declared)) return 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    throw new Error(`its encoding ${declared} is not known; expected UTF-8 or UTF-16`);
  }
}
