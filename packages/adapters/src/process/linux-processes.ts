import { readdirSync, readFileSync } from 'node:fs';
import { GROUP, PARENT, statOf } from './process-start.ts';

/*
 * Reads processes from `/proc`; without it, there are none.
 */

/** Bytes of a page, the unit of `/proc/<pid>/statm`. */
const PAGE_BYTES = 4096;

/** Ids of the living processes in the group of `leader`. */
export function groupMembers(leader: number): readonly number[] {
  return all().filter((id) => {
    const stat = statOf(id);
    return stat !== undefined && Number(stat[GROUP]) === leader && stat[0] !== 'Z';
  });
}

/** Ids of the living descendants of `ancestor`. */
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

/** The name of a process as the kernel keeps it: 15 characters at most. */
export function processName(id: number): string | undefined {
  return textOf(id, 'comm')?.trim();
}

/** Resident memory of the processes in bytes; exited ones count 0. */
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
