import { residentBytes } from '../process/linux-processes.ts';
import type { Confined, SandboxLimits } from './sandbox.ts';

/** Watches the resource usage of a command's processes. */
export interface LimitWatch {
  /** Resolves when a limit is exceeded. */
  readonly exceeded: Promise<void>;
  /** The exceeded limit, in words; undefined: none. */
  excess(): string | undefined;
  stop(): void;
}

/** Milliseconds between two measurements. A shorter excess can go unnoticed. */
const PERIOD_MS = 250;

/** @param written returns the bytes of output so far. */
export function watchLimits(
  confined: Confined,
  limits: SandboxLimits,
  written: () => number,
): LimitWatch {
  const { promise: exceeded, resolve } = Promise.withResolvers<void>();
  let excess: string | undefined;
  const look = (): void => {
    excess ??= excessOf(confined, limits, written());
    if (excess !== undefined) resolve();
  };
  const isLimited = Object.values(limits).some(Number.isFinite);
  const timer = isLimited ? setInterval(look, PERIOD_MS) : undefined;
  return {
    exceeded,
    excess: () => excess,
    stop() {
      clearInterval(timer);
      // Counts output written after the last measurement.
      excess ??= excessOfOutput(limits, written());
    },
  };
}

function excessOf(confined: Confined, limits: SandboxLimits, written: number): string | undefined {
  const { overhead } = confined;
  const most = limits.processes + overhead.processes;
  const memoryBytes = limits.memoryBytes + overhead.memoryBytes;
  const output = excessOfOutput(limits, written);
  if (output !== undefined) return output;
  const processes = confined.processes();
  if (processes.length > most)
    return `it had ${processes.length} processes; allowed are ${limits.processes}; raise sandbox.processes if it needs more`;
  const resident = residentBytes(processes);
  if (resident <= memoryBytes) return undefined;
  return `it used ${mebibytes(resident)} of memory; allowed are ${mebibytes(limits.memoryBytes)}; raise sandbox.memoryMiB if it needs more`;
}

function excessOfOutput({ outputBytes }: SandboxLimits, written: number): string | undefined {
  if (written <= outputBytes) return undefined;
  return `it wrote more than ${mebibytes(outputBytes)} of output; raise sandbox.outputMiB if it needs more`;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
