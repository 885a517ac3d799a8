import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory that is soon full. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes up all space but `bytes`. */
  leave(bytes: number): void;
  /** Gives the space back. */
  clear(): void;
  destroy(): void;
}

/** Why there can be no small disk, if so: said loudly, and no failure, since it takes root. */
export function smallDiskMissing(): string | undefined {
  const probe = tryMount(1);
  if (typeof probe === 'string') {
    const reason = `no file system can be mounted (${probe}): tests of a full disk need root`;
    console.error(`SKIPPED: ${reason}`);
    return reason;
  }
  probe.destroy();
  return undefined;
}

/** @throws when it cannot be mounted. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const disk = tryMount(megabytes);
  if (typeof disk === 'string') throw new Error(disk);
  return disk;
}

function tryMount(megabytes: number): SmallDisk | string {
  const folder = mkdtempSync(join(tmpdir(), 'baton-disk-'));
  const options = `size=${megabytes}m,mode=1777`;
  const { error, status, stderr } = spawnSync('mount', [
    '-t',
    'tmpfs',
    '-o',
    options,
    'tmpfs',
    folder,
  ]);
  if (error !== undefined || status !== 0) {
    rmSync(folder, { recursive: true });
    return error?.message ?? String(stderr).trim();
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    leave(bytes) {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
    },
    clear: () => rmSync(ballast, { force: true }),
    destroy() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}
