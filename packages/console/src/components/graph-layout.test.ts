import { createMemoryStore, createOrchestrator } from '@baton/core';
import type { DefinitionDescription } from '@baton/core/api';
import { expect, it } from 'vitest';
import { type Direction, type GraphLayout, layOut } from './graph-layout.ts';

const build = createOrchestrator({ store: await createMemoryStore() }).describeDefinition({});

const state = (name: string) =>
  ({
    name,
    kind: 'phase',
    owners: [],
    gates: [],
  }) as unknown as DefinitionDescription['states'][number];
const forward = (from: string, to: string) => ({ from, to, kind: 'forward' }) as const;

/** A definition that branches, joins and goes round. */
const branching = {
  ...build,
  initial: 'a',
  states: ['a', 'b', 'c', 'd'].map(state),
  transitions: [
    forward('a', 'b'),
    forward('a', 'c'),
    forward('b', 'd'),
    forward('c', 'd'),
    forward('d', 'a'),
  ],
} as DefinitionDescription;

function overlaps({ places }: GraphLayout): readonly string[] {
  const all = [...places.values()];
  return all.flatMap((one, index) =>
    all
      .slice(index + 1)
      .filter(
        (other) =>
          one.x < other.x + other.width &&
          other.x < one.x + one.width &&
          one.y < other.y + other.height &&
          other.y < one.y + one.height,
      )
      .map((other) => `${one.state.name} and ${other.state.name}`),
  );
}

it.each<Direction>(['across', 'down'])(
  'places every state of the build once, none over another: %s',
  (direction) => {
    const layout = layOut(build, direction, true);
    expect([...layout.places.keys()].sort()).toEqual(build.states.map(({ name }) => name).sort());
    expect(overlaps(layout)).toEqual([]);
    for (const { x, y, width, height } of layout.places.values()) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(layout.width);
      expect(y + height).toBeLessThanOrEqual(layout.height);
    }
  },
);

it('places branches beside each other, and ends for a definition that goes round', () => {
  const layout = layOut(branching, 'across', true);
  const [b, c] = ['b', 'c'].map((name) => layout.places.get(name));
  expect(b?.x).toBe(c?.x);
  expect(b?.y).not.toBe(c?.y);
  expect(overlaps(layout)).toEqual([]);
});

it('leaves error out where it was not entered', () => {
  expect(layOut(build, 'across', false).places.has('error')).toBe(false);
});
