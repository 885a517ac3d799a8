import type { DefinitionDescription, StateDescription } from '@baton/core/api';

export interface PlacedState {
  readonly state: StateDescription;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, PlacedState>;
}

export type Direction = 'across' | 'down';

interface Sizes {
  readonly phase: { readonly width: number; readonly height: number };
  /** A border between two roles: a mark on the way, its name in its title. */
  readonly border: { readonly width: number; readonly height: number };
  readonly gap: number;
}

/** Down the page there is less room: a phone shows more than the graph. */
const SIZES: Readonly<Record<Direction, Sizes>> = {
  across: { phase: { width: 112, height: 32 }, border: { width: 18, height: 18 }, gap: 15 },
  down: { phase: { width: 112, height: 24 }, border: { width: 14, height: 14 }, gap: 7 },
};
/** Room for the ways back. */
const MARGIN = 44;
/** Room for how often a state was entered. */
const VISITS = 20;
const ERROR_GAP = 24;

/**
 * Places the states by the longest way of forward moves that leads to each, in any definition, and `error` apart: it
 * can be reached from everywhere.
 */
export function layOut(
  definition: DefinitionDescription,
  direction: Direction,
  withError: boolean,
): GraphLayout {
  const isAcross = direction === 'across';
  const { phase, border, gap } = SIZES[direction];
  const sizeOf = ({ kind }: StateDescription) => (kind === 'handoff' ? border : phase);
  const layers = layersOf(definition);
  const along = (size: { width: number; height: number }) => (isAcross ? size.width : size.height);
  const aside = (size: { width: number; height: number }) => (isAcross ? size.height : size.width);
  const breadthOf = (layer: readonly StateDescription[]) =>
    layer.reduce((sum, state) => sum + aside(sizeOf(state)) + gap, -gap);
  const breadth = Math.max(...layers.map(breadthOf), aside(phase));
  const places = new Map<string, PlacedState>();
  let at = 2;
  for (const layer of layers) {
    const depth = Math.max(...layer.map((state) => along(sizeOf(state))));
    let side = MARGIN + (breadth - breadthOf(layer)) / 2;
    for (const state of layer) {
      const size = sizeOf(state);
      const offset = at + (depth - along(size)) / 2;
      places.set(state.name, {
        state,
        ...size,
        x: isAcross ? offset : side,
        y: isAcross ? side : offset,
      });
      side += aside(size) + gap;
    }
    at += depth + gap;
  }
  const length = at - gap + 2;
  const error = withError ? definition.states.find(({ kind }) => kind === 'error') : undefined;
  const total = MARGIN + breadth + (isAcross && !withError ? VISITS : MARGIN);
  if (error === undefined) {
    return isAcross
      ? { width: length, height: total, places }
      : { width: total, height: length, places };
  }
  const place = isAcross
    ? { x: (length - phase.width) / 2, y: total }
    : { x: MARGIN + (breadth - phase.width) / 2, y: length + ERROR_GAP };
  places.set(error.name, { state: error, ...phase, ...place });
  return isAcross
    ? { width: length, height: place.y + phase.height + 2, places }
    : { width: total, height: place.y + phase.height + 2, places };
}

/** The states of each layer. What no forward move leads to comes with the first one. */
function layersOf({ states, transitions, initial }: DefinitionDescription): StateDescription[][] {
  const forward = transitions.filter(({ kind }) => kind === 'forward');
  const depth = new Map<string, number>([[initial, 0]]);
  // A longest way has fewer moves than there are states: a definition that goes round ends, too.
  for (let round = 0; round < states.length; round++) {
    let changed = false;
    for (const { from, to } of forward) {
      const next = (depth.get(from) ?? Number.NaN) + 1;
      if (next < states.length && !(next <= (depth.get(to) ?? -1))) {
        depth.set(to, next);
        changed = true;
      }
    }
    if (!changed) break;
  }
  const layers: StateDescription[][] = [];
  for (const state of states) {
    if (state.kind === 'error') continue;
    const at = depth.get(state.name) ?? 0;
    layers[at] ??= [];
    layers[at].push(state);
  }
  return layers.filter((layer) => layer !== undefined);
}
