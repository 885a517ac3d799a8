import type { Config } from './load-config.ts';
import { releaseOf } from './release-of.ts';

/** How builds of a configuration end, in words. */
export function endingOf(config: Pick<Config, 'commands'>): string {
  const release = releaseOf(config);
  return release === undefined
    ? 'hands a branch over; does not deploy'
    : `deploys to ${release.deploy.target}`;
}
