import { openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** What the kernel counts of a process's main thread, in milliseconds since the process began. */
export interface ProcessorTime {
  readonly ranMs: number;
  /** It was ready to run, and other processes had the processors. */
  readonly waitedMs: number;
}

/** Reads that of a process of this machine, again and again; once the process is gone, what was last read. */
export function watchProcessor(pid: number): () => ProcessorTime {
  const file = openSync(`/proc/${pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(100);
  let latest: ProcessorTime = { ranMs: 0, waitedMs: 0 };
  return () => {
    try {
      const length = readSync(file, buffer, 0, buffer.length, 0);
      const [ran, waited] = buffer.toString('latin1', 0, length).split(' ').map(Number);
      latest = { ranMs: (ran ?? 0) / 1e6, waitedMs: (waited ?? 0) / 1e6 };
    } catch (reason) {
      if ((reason as NodeJS.ErrnoException).code !== 'ESRCH') throw reason;
    }
    return latest;
  };
}

/** The kernel's threads that deliver packets on a busy machine, by their ids; none where they are not to be seen. */
export function networkThreads(): number[] {
  const ids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return ids.filter((id) => nameOf(id).startsWith('ksoftirqd/'));
}

function nameOf(id: number): string {
  try {
    return readFileSync(`/proc/${id}/comm`, 'utf8');
  } catch (reason) {
    // It has ended meanwhile.
    if (['ENOENT', 'ESRCH'].includes((reason as NodeJS.ErrnoException).code ?? '')) return '';
    throw reason;
  }
}
