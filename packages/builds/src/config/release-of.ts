import type { Config } from './load-config.ts';

type Commands = Config['commands'];

/** A deployment, what checks it, and what takes it back. */
export interface Release {
  readonly deploy: NonNullable<Commands['deploy']>;
  readonly smoke: NonNullable<Commands['smoke']>;
  readonly rollback: Commands['rollback'];
}

/** How builds of a configuration are deployed; undefined when they hand a branch over. */
export function releaseOf({ commands }: Pick<Config, 'commands'>): Release | undefined {
  const { deploy, smoke, rollback } = commands;
  // The schema lets neither through without the other.
  return deploy === undefined || smoke === undefined ? undefined : { deploy, smoke, rollback };
}
