import { expect, it } from 'vitest';
import { buildDefinition } from './build-definition.ts';
import { handOverDefinition } from './hand-over-definition.ts';

it.each([Number.NaN, -1, 101, Number.POSITIVE_INFINITY, null as never])(
  'a threshold of %s is refused',
  (odd) => {
    for (const define of [buildDefinition, handOverDefinition]) {
      expect(() => define({ coverageThreshold: odd })).toThrow(
        `the coverage threshold: found ${odd}, expected a percentage from 0 to 100`,
      );
      for (const fine of [0, 100]) expect(() => define({ coverageThreshold: fine })).not.toThrow();
    }
  },
);
