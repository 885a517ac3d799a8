import { byCodePoint } from '../memory/order.ts';
import type { WorkflowDefinition } from '../model/definition.ts';
import type { DefinitionVersion } from '../model/describe-definition.ts';
import { BatonError } from '../model/errors.ts';

/** The definitions that an orchestrator runs. */
export interface Definitions {
  /**
   * By name (default: the first one's) and version (default: the newest).
   * @throws BatonError `invalid_input` with the ones there are.
   */
  find(name: string | undefined, version: number | undefined): WorkflowDefinition;
  /**
   * The one that a workflow started with.
   * @throws BatonError `unavailable` when this process does not have it: another one may.
   */
  of(workflow: Defined): WorkflowDefinition;
  /** The same, or undefined when this process does not have it. */
  known(workflow: Pick<Defined, 'definition'>): WorkflowDefinition | undefined;
  /** By name, in the order of code points; of one name the newest version first. */
  readonly versions: readonly DefinitionVersion[];
  /** The states of all of them, and the roles. */
  readonly states: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

interface Defined {
  readonly id: string;
  readonly definition: { readonly name: string; readonly version: number };
}

export function createDefinitions(all: readonly WorkflowDefinition[]): Definitions {
  const [first] = all;
  if (first === undefined) throw new BatonError('invalid_input', 'there is no workflow definition');
  const byKey = new Map(all.map((definition) => [keyOf(definition), definition]));
  if (byKey.size !== all.length) {
    throw new BatonError('invalid_input', 'two workflow definitions share a name and a version');
  }
  const legal = [...byKey.keys()];

  const versions = all
    .map(({ name, version }) => ({ name, version, isDefault: false }))
    .sort((a, b) => byCodePoint(a.name, b.name) || b.version - a.version)
    // The newest of the first one's name: what `find` gives without a name.
    .map((one, i, sorted) => ({
      ...one,
      isDefault: i === sorted.findIndex(({ name }) => name === first.name),
    }));

  return {
    versions,
    states: new Set(all.flatMap(({ states }) => Object.keys(states))),
    roles: new Set(all.flatMap(({ roles }) => Object.keys(roles))),
    find(name = first.name, version) {
      const versions = all.filter((definition) => definition.name === name);
      const found =
        version === undefined
          ? versions.reduce<WorkflowDefinition | undefined>(
              (newest, one) =>
                newest === undefined || one.version > newest.version ? one : newest,
              undefined,
            )
          : byKey.get(keyOf({ name, version }));
      if (found !== undefined) return found;
      const wanted = version === undefined ? name : keyOf({ name, version });
      const description = `unknown definition '${wanted}'; definitions: ${legal.join(', ')}`;
      throw new BatonError('invalid_input', description, {
        violations: [{ field: 'definition', description }],
        legal,
      });
    },
    known: ({ definition }) => byKey.get(keyOf(definition)),
    of({ id, definition }) {
      const found = byKey.get(keyOf(definition));
      if (found !== undefined) return found;
      throw new BatonError(
        'unavailable',
        `workflow ${id} runs by definition '${keyOf(definition)}', which this process was not given; it has: ${legal.join(', ')}`,
        { legal },
      );
    },
  };
}

function keyOf({ name, version }: { name: string; version: number }): string {
  return `${name}@${version}`;
}
