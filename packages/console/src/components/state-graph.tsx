import type { DefinitionDescription } from '@baton/core/api';
import { memo, type SVGAttributes, useEffect, useMemo, useRef, useState } from 'react';
import { title } from './format.ts';
import { type Direction, type GraphLayout, layOut, type PlacedState } from './graph-layout.ts';

/** What a workflow has to do with the states; without it the graph is of the definition alone. */
interface GraphWalk {
  readonly visits: ReadonlyMap<string, number>;
  readonly moves: ReadonlyMap<string, number>;
  readonly current: string;
  /** Where it failed or was cancelled, while it waits in `error`. */
  readonly endedIn: string | undefined;
  readonly isCancelled: boolean;
  readonly isWaiting: boolean;
  /** Whether no worker is at it. */
  readonly isQueued: boolean;
}

interface StateGraphProps {
  readonly definition: DefinitionDescription;
  readonly walk?: GraphWalk | undefined;
}

/** Below this width the states stand one under another. */
const ACROSS_FROM = 900;

/** The states of a definition and the way through them, as a picture with the same told in words. */
export const StateGraph = memo(function StateGraph({ definition, walk }: StateGraphProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [direction, setDirection] = useState<Direction>('across');
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? ACROSS_FROM;
      setDirection(width < ACROSS_FROM ? 'down' : 'across');
    });
    if (frame.current !== null) observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  // Most builds never fail: `error` is shown once it was entered.
  const withError = walk === undefined || walk.visits.has('error') || walk.current === 'error';
  const layout = useMemo(
    () => layOut(definition, direction, withError),
    [definition, direction, withError],
  );
  const edges = useMemo(() => edgesOf(definition, walk), [definition, walk]);
  const label = inWords(definition, walk);
  return (
    <div className="graph" ref={frame}>
      <svg
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        width={layout.width}
        height={layout.height}
        role="img"
        aria-label={label}
        className={`graph-${direction}`}
      >
        {edges.map((edge) => (
          <Edge key={`${edge.from} ${edge.to}`} edge={edge} layout={layout} direction={direction} />
        ))}
        {[...layout.places.values()].map((place) => (
          <State key={place.state.name} place={place} walk={walk} direction={direction} />
        ))}
      </svg>
    </div>
  );
});

interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'forward' | 'retry' | 'failure' | 'recovery';
  /** Whether the build was cancelled by it. */
  readonly isCancellation: boolean;
  /** How often it was made. */
  readonly count: number;
}

/** Each way on and back; to `error` and out of it, which each state has, only what was walked. */
function edgesOf(
  { transitions }: DefinitionDescription,
  walk: GraphWalk | undefined,
): readonly DrawnEdge[] {
  return transitions
    .map(({ from, to, kind }) => ({
      from,
      to,
      kind,
      count: walk?.moves.get(`${from}\n${to}`) ?? 0,
      isCancellation: kind === 'failure' && walk?.isCancelled === true && from === walk.endedIn,
    }))
    .filter(({ kind, count }) => count > 0 || kind === 'forward' || kind === 'retry');
}

function Edge({
  edge,
  layout,
  direction,
}: {
  edge: DrawnEdge;
  layout: GraphLayout;
  direction: Direction;
}) {
  const from = layout.places.get(edge.from);
  const to = layout.places.get(edge.to);
  if (from === undefined || to === undefined) return null;
  const isWalked = edge.count > 0;
  const { path, at } =
    edge.kind === 'forward' ? straight(from, to, direction) : arc(from, to, edge.kind, direction);
  const look = edge.isCancellation ? 'cancellation' : edge.kind;
  // How often a state was entered says how often the way on to it was taken.
  const isCounted = edge.kind === 'retry' ? isWalked : edge.kind !== 'forward' && edge.count > 1;
  return (
    <g className={`edge edge-${look}${isWalked ? ' walked' : ''}`}>
      <path d={path} fill="none" />
      {isCounted && (
        <text x={at.x} y={at.y} textAnchor="middle">
          ×{edge.count}
        </text>
      )}
    </g>
  );
}

interface Line {
  readonly path: string;
  /** Where its count stands. */
  readonly at: { readonly x: number; readonly y: number };
}

function straight(from: PlacedState, to: PlacedState, direction: Direction): Line {
  const isAcross = direction === 'across';
  const a = isAcross
    ? { x: from.x + from.width, y: from.y + from.height / 2 }
    : { x: from.x + from.width / 2, y: from.y + from.height };
  const b = isAcross ? { x: to.x, y: to.y + to.height / 2 } : { x: to.x + to.width / 2, y: to.y };
  return { path: `M${a.x} ${a.y}L${b.x} ${b.y}`, at: a };
}

/** Back above the states, to `error` and out of it below them; down the page on their right and left. */
function arc(
  from: PlacedState,
  to: PlacedState,
  kind: DrawnEdge['kind'],
  direction: Direction,
): Line {
  const isAcross = direction === 'across';
  if (kind === 'retry') {
    if (isAcross) {
      const a = { x: from.x + from.width / 2 - 8, y: from.y };
      const b = { x: to.x + to.width / 2 + 8, y: to.y };
      const top = 12 + (Math.abs(a.x - b.x) > 320 ? 0 : 12);
      const path = `M${a.x} ${a.y}C${a.x} ${top} ${a.x} ${top} ${a.x - 16} ${top}L${b.x + 16} ${top}C${b.x} ${top} ${b.x} ${top} ${b.x} ${b.y}`;
      return { path, at: { x: (a.x + b.x) / 2, y: top - 3 } };
    }
    const a = { x: from.x + from.width, y: from.y + from.height / 2 - 4 };
    const b = { x: to.x + to.width, y: to.y + to.height / 2 + 4 };
    const right = a.x + (Math.abs(a.y - b.y) > 150 ? 34 : 22);
    const path = `M${a.x} ${a.y}C${right} ${a.y} ${right} ${a.y} ${right} ${a.y - 12}L${right} ${b.y + 12}C${right} ${b.y} ${right} ${b.y} ${b.x} ${b.y}`;
    return { path, at: { x: right - 2, y: (a.y + b.y) / 2 + 4 } };
  }
  const [upper, lower] = kind === 'failure' ? [from, to] : [to, from];
  const shift = kind === 'failure' ? -8 : 8;
  if (isAcross) {
    const a = { x: upper.x + upper.width / 2 + shift, y: upper.y + upper.height };
    const b = { x: lower.x + lower.width / 2 + shift * 4, y: lower.y };
    const mid = a.y + (b.y - a.y) / 2;
    return {
      path: `M${a.x} ${a.y}C${a.x} ${mid} ${b.x} ${mid} ${b.x} ${b.y}`,
      at: { x: (a.x + b.x) / 2, y: mid + shift },
    };
  }
  const a = { x: upper.x, y: upper.y + upper.height / 2 + shift / 2 };
  const b = { x: lower.x, y: lower.y + lower.height / 2 + shift / 2 };
  const left = Math.min(a.x, b.x) - (kind === 'failure' ? 24 : 36);
  return {
    path: `M${a.x} ${a.y}C${left} ${a.y} ${left} ${b.y} ${b.x} ${b.y}`,
    at: { x: left + 2, y: (a.y + b.y) / 2 },
  };
}

interface StateProps {
  readonly place: PlacedState;
  readonly walk: GraphWalk | undefined;
  readonly direction: Direction;
}

function State({ place, walk, direction }: StateProps) {
  const { state, x, y, width, height } = place;
  const { name, kind } = state;
  const visits = walk?.visits.get(name) ?? 0;
  const standing = walk === undefined ? 'plain' : standingOf(name, kind, walk, visits);
  const words = kind === 'error' && walk?.isCancelled ? 'Cancelled' : title(name);
  const tip = `${words}${visits > 1 ? `, entered ${visits} times` : ''}`;
  if (kind === 'handoff') {
    return (
      <g className={`state state-${standing}`}>
        <title>{tip}</title>
        <rect
          x={x + 3}
          y={y + 3}
          width={width - 6}
          height={height - 6}
          rx="2"
          transform={`rotate(45 ${x + width / 2} ${y + height / 2})`}
        />
      </g>
    );
  }
  return (
    <g className={`state state-${standing}`}>
      <title>{tip}</title>
      <rect x={x} y={y} width={width} height={height} rx="6" />
      <text x={x + width / 2} y={y + height / 2 + 4} textAnchor="middle">
        {shortened(words)}
      </text>
      {visits > 1 && kind !== 'error' && (
        <text className="visits" {...countPlace(place, direction)}>
          {visits} visits
        </text>
      )}
    </g>
  );
}

/** Beneath the state, or on its left where the next one is too near. */
function countPlace(
  { x, y, width, height }: PlacedState,
  direction: Direction,
): SVGAttributes<SVGTextElement> {
  return direction === 'across'
    ? { x: x + width / 2, y: y + height + 14, textAnchor: 'middle' }
    : { x: x - 6, y: y + height / 2 + 4, textAnchor: 'end' };
}

type Standing = 'plain' | 'ahead' | 'behind' | 'current' | 'queued' | 'waiting' | 'failed' | 'done';

function standingOf(name: string, kind: string, walk: GraphWalk, visits: number): Standing {
  const ended = walk.isCancelled ? 'waiting' : 'failed';
  if (name === walk.current) {
    if (kind === 'final') return 'done';
    if (kind === 'error') return ended;
    if (walk.isQueued) return 'queued';
    return walk.isWaiting ? 'waiting' : 'current';
  }
  if (name === walk.endedIn) return ended;
  return visits > 0 ? 'behind' : 'ahead';
}

const MOST_CHARACTERS = 16;

function shortened(words: string): string {
  return words.length > MOST_CHARACTERS ? `${words.slice(0, MOST_CHARACTERS - 1)}…` : words;
}

function inWords({ name, states }: DefinitionDescription, walk: GraphWalk | undefined): string {
  const all = `Graph of the ${states.length} states of the definition ${name}`;
  if (walk === undefined) return all;
  const behind = states.filter((state) => (walk.visits.get(state.name) ?? 0) > 0);
  const visited = behind.map((state) => {
    const visits = walk.visits.get(state.name) ?? 0;
    return visits > 1 ? `${title(state.name)} (${visits} times)` : title(state.name);
  });
  return `${all}. Entered: ${visited.join(', ')}. Now ${walk.isCancelled ? 'cancelled' : `in ${title(walk.current)}`}.`;
}
