import type { ChildProcess } from 'node:child_process';
import { residentBytes } from '../process/linux-processes.ts';
import type { Confined, SandboxLimits } from './sandbox.ts';

/** Watches the resource usage of a command's processes. */
export interface LimitWatch {
  /** Resolves when a limit is exceeded. */
  readonly exceeded: Promise<void>;
  /** The exceeded limit, in words; undefined: none. */
  excess(): string | undefined;
  /** @param countsOn whether output that still arrives counts: what was written before the command ended. */
  stop(countsOn: boolean): void;
}

/** Milliseconds between two measurements of memory and processes. A shorter excess can go unnoticed. */
const PERIOD_MS = 250;

/** Counts the output of `child` as it arrives, and measures the rest time and again. */
export function watchLimits(
  confined: Confined,
  limits: SandboxLimits,
  { stdout, stderr }: Pick<ChildProcess, 'stdout' | 'stderr'>,
): LimitWatch {
  const { promise: exceeded, resolve } = Promise.withResolvers<void>();
  let excess: string | undefined;
  let written = 0;
  let counts = true;
  const found = (one: string | undefined): void => {
    excess ??= one;
    if (excess !== undefined) resolve();
  };
  const count = (chunk: Buffer): void => {
    written += chunk.length;
    if (counts && written > limits.outputBytes) found(tooMuchOutput(limits));
  };
  for (const stream of [stdout, stderr]) stream?.on('data', count);
  const isMeasured = [limits.memoryBytes, limits.processes].some(Number.isFinite);
  const measure = (): void => found(excessOf(confined, limits));
  const timer = isMeasured ? setInterval(measure, PERIOD_MS) : undefined;
  return {
    exceeded,
    excess: () => excess,
    stop(countsOn) {
      clearInterval(timer);
      counts = countsOn;
    },
  };
}

function excessOf(confined: Confined, limits: SandboxLimits): string | undefined {
  const { overhead } = confined;
  const most = limits.processes + overhead.processes;
  const memoryBytes = limits.memoryBytes + overhead.memoryBytes;
  const processes = confined.processes();
  if (processes.length > most)
    return `it had ${processes.length} processes; allowed are ${limits.processes}; raise sandbox.processes if it needs more`;
  const resident = residentBytes(processes);
  if (resident <= memoryBytes) return undefined;
  return `it used ${mebibytes(resident)} of memory; allowed are ${mebibytes(limits.memoryBytes)}; raise sandbox.memoryMiB if it needs more`;
}

function tooMuchOutput({ outputBytes }: SandboxLimits): string {
  return `it wrote more than ${mebibytes(outputBytes)} of output; raise sandbox.outputMiB if it needs more`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
