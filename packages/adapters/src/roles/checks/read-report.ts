import { readFile, stat } from 'node:fs/promises';
import { BatonError } from '@baton/core';

/** A report that was read, or why there is none, in words that are the same every time. */
export type Reading<Report> =
  | { readonly kind: 'read'; readonly report: Report }
  | { readonly kind: 'none'; readonly problem: string };

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Where a report may lie: a file left from an earlier run would be as good as a new one, so reports
 * are taken only from the fresh folder.
 *
 * @throws BatonError `invalid_input` for a path elsewhere.
 */
export function checkReportPath(path: string): void {
  const inside = path.startsWith('{reports}/') && !path.split('/').includes('..');
  if (inside) return;
  throw new BatonError(
    'invalid_input',
    `the report path ${JSON.stringify(path)} is refused: expected it to begin with {reports}/, where nothing of an earlier run can lie`,
  );
}

/** Reads a report and never throws: a report that is not there is a finding, not a failure. */
export async function readReport<Report>(
  path: string,
  parse: (text: string) => Report,
): Promise<Reading<Report>> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { kind: 'none', problem: `it is larger than ${MAX_BYTES} bytes` };
  } catch {
    return { kind: 'none', problem: 'it was not written' };
  }
  try {
    return { kind: 'read', report: parse(await readFile(path, 'utf8')) };
  } catch (reason) {
    const said = reason instanceof Error ? reason.message : String(reason);
    return { kind: 'none', problem: `it cannot be read: ${said}` };
  }
}
