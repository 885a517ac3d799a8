import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** What the kernel counts of a thread, in milliseconds since it began. */
interface ProcessorTime {
  readonly ranMs: number;
  /** It was ready to run, and other threads had the processors. */
  readonly waitedMs: number;
}

/** Reads that of a thread again and again; once it is gone, what was last read. */
export interface WatchedThread {
  read(): ProcessorTime;
  close(): void;
}

export function watchThread(id: number): WatchedThread {
  const file = openSync(`/proc/${id}/schedstat`, 'r');
  const buffer = Buffer.alloc(100);
  let latest: ProcessorTime = { ranMs: 0, waitedMs: 0 };
  return {
    read() {
      try {
        const length = readSync(file, buffer, 0, buffer.length, 0);
        const [ran, waited] = buffer.toString('latin1', 0, length).split(' ').map(Number);
        latest = { ranMs: (ran ?? 0) / 1e6, waitedMs: (waited ?? 0) / 1e6 };
      } catch (reason) {
        if (!isGone(reason)) throw reason;
      }
      return latest;
    },
    close: () => closeSync(file),
  };
}

/** The threads of a process beside the main one, whose id is the process's: those that collect garbage, above all. */
export function otherThreads(pid: number): number[] {
  return numbersIn(`/proc/${pid}/task`).filter((id) => id !== pid);
}

/** The kernel's threads that deliver packets on a busy machine; none where they are not to be seen. */
export function networkThreads(): number[] {
  return numbersIn('/proc').filter((id) => nameOf(id).startsWith('ksoftirqd/'));
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder).map(Number).filter(Number.isInteger);
}

function nameOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/comm`, 'utf8');
  } catch (reason) {
    if (isGone(reason)) return '';
    throw reason;
  }
}

function isGone(reason: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((reason as NodeJS.ErrnoException).code ?? '');
}
