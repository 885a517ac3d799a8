import { readdirSync, readFileSync } from 'node:fs';
import { GROUP, PARENT, statOf } from './process-start.ts';

/*
 * Processes as `/proc` tells of them. Where there is none, none are found.
 */

/** Bytes of a page, as `/proc/<pid>/statm` counts them. */
const PAGE_BYTES = 4096;

/** Ids of the processes in the group of `leader` that have not ended. */
export function groupMembers(leader: number): readonly number[] {
  return all().filter((id) => {
    const stat = statOf(id);
    return stat !== undefined && Number(stat[GROUP]) === leader && stat[0] !== 'Z';
  });
}

/** Ids of the processes below `ancestor`, without itself, that have not ended. */
export function descendantsOf(ancestor: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const id of all()) {
    const stat = statOf(id);
    if (stat === undefined || stat[0] === 'Z') continue;
    const parent = Number(stat[PARENT]);
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const below = (id: number): number[] =>
    (children.get(id) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(ancestor);
}

/** The name of a process, as the system keeps it: 15 characters at most. */
export function processName(id: number): string | undefined {
  return textOf(id, 'comm')?.trim();
}

/** Bytes of memory that the processes have resident; what has ended counts nothing. */
export function residentBytes(processes: readonly number[]): number {
  const pages = processes.map((id) => Number(textOf(id, 'statm')?.split(' ')[1] ?? 0));
  return pages.reduce((sum, count) => sum + count, 0) * PAGE_BYTES;
}

function all(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function textOf(id: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
