import type { KeptDiff } from '../../../components/diff/compare/compared.tsx';
import type { Checkpoint, Checkpoints } from './checkpoints.ts';

export type Way =
  | { readonly kind: 'way'; readonly steps: readonly KeptDiff[] }
  /** The checkpoints whose diff would be needed and is not there. */
  | { readonly kind: 'gap'; readonly gaps: readonly Checkpoint[] };

interface Edge {
  readonly to: string;
  readonly step?: KeptDiff;
  readonly gap?: Checkpoint;
}

/** A way over a gap is no way: it says only what is missing. */
const GAP_COST = 1_000_000;

/** The fewest diffs that lead from one tree to the other, along the attempts that made them. */
export function wayBetween(
  { all }: Pick<Checkpoints, 'all'>,
  from: Checkpoint,
  to: Checkpoint,
): Way {
  const edges = edgesOf(all);
  const best = new Map<string, number>([[nodeOf(from), 0]]);
  const cameBy = new Map<string, { readonly node: string; readonly edge: Edge }>();
  const waiting = new Set([nodeOf(from)]);
  while (waiting.size > 0) {
    const node = [...waiting].reduce((a, b) => (costOf(best, b) < costOf(best, a) ? b : a));
    waiting.delete(node);
    if (node === nodeOf(to)) break;
    for (const edge of edges.get(node) ?? []) {
      const cost = costOf(best, node) + (edge.gap !== undefined ? GAP_COST : edge.step ? 1 : 0);
      if (cost >= costOf(best, edge.to)) continue;
      best.set(edge.to, cost);
      cameBy.set(edge.to, { node, edge });
      waiting.add(edge.to);
    }
  }
  const steps: KeptDiff[] = [];
  const gaps: Checkpoint[] = [];
  let node = nodeOf(to);
  while (node !== nodeOf(from)) {
    const came = cameBy.get(node);
    if (came === undefined) break;
    if (came.edge.step !== undefined) steps.unshift(came.edge.step);
    if (came.edge.gap !== undefined) gaps.unshift(came.edge.gap);
    node = came.node;
  }
  return gaps.length > 0 ? { kind: 'gap', gaps } : { kind: 'way', steps };
}

function costOf(best: ReadonlyMap<string, number>, node: string): number {
  return best.get(node) ?? Number.POSITIVE_INFINITY;
}

/** Checkpoints with one digest are one tree. */
function nodeOf({ key, digest }: Checkpoint): string {
  return digest === undefined ? key : `tree ${digest}`;
}

function edgesOf(all: readonly Checkpoint[]): ReadonlyMap<string, readonly Edge[]> {
  const byKey = new Map(all.map((one) => [one.key, one]));
  const edges = new Map<string, Edge[]>();
  const add = (from: string, edge: Edge) => {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [edge]);
    else known.push(edge);
  };
  for (const one of all) {
    const parent = byKey.get(one.parent ?? '');
    if (parent === undefined) continue;
    const [before, after] = [nodeOf(parent), nodeOf(one)];
    switch (one.link.kind) {
      case 'same':
        add(before, { to: after });
        add(after, { to: before });
        break;
      case 'diff': {
        const { artifact } = one.link;
        add(before, { to: after, step: { artifact, isBack: false } });
        add(after, { to: before, step: { artifact, isBack: true } });
        break;
      }
      case 'gap':
        add(before, { to: after, gap: one });
        add(after, { to: before, gap: one });
        break;
    }
  }
  return edges;
}
