import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDefinition } from '../../packages/core/src/model/build/build-definition.ts';
import { root } from '../run.ts';

const PICTURE = 'docs/flow.svg';

/** States and roles of the default definition that the picture of the flow does not name. */
export function checkFlow(): readonly string[] {
  const text = readFileSync(join(root, PICTURE), 'utf8');
  const { states, roles } = buildDefinition();
  return [...Object.keys(states), ...Object.keys(roles)]
    .filter((name) => !new RegExp(`>${name}[<:]`).test(text))
    .map((name) => `${PICTURE}: it does not name ${name}`);
}
