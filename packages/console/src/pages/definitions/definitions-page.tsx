import type { DefinitionDescription, StateDescription } from '@baton/core/api';
import { useDefinition, useDefinitionNames } from '../../api/queries.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Empty, Failed, Loading } from '../../components/feedback.tsx';
import { title } from '../../components/format.ts';
import { StateGraph } from '../../components/state-graph.tsx';
import { namedDefinitions } from './named-definitions.ts';

/** What workflows run by: the states of each definition, who owns them, and what their outputs must pass. */
export function DefinitionsPage({ name }: { name: string | undefined }) {
  const names = useDefinitionNames();
  const known = namedDefinitions(names.data ?? []);
  const chosen = name ?? known[0]?.name;
  const [version] = useParam('version');
  const definition = useDefinition(chosen, version === '' ? undefined : Number(version));
  return (
    <div className="page">
      <div className="page-head">
        <h1>Definitions</h1>
      </div>
      {names.isError && <Failed what="The definitions could not be listed" error={names.error} />}
      {names.isPending && <Loading what="definitions" />}
      {names.data !== undefined && known.length === 0 && (
        <Empty title="This server has no definition" />
      )}
      <nav className="tabs" aria-label="Definitions">
        {known.map((one) => (
          <Link
            key={one.name}
            to={{ page: 'definitions', name: one.name }}
            aria-current={one.name === chosen ? 'page' : undefined}
          >
            {one.name}
          </Link>
        ))}
      </nav>
      {definition.isError && (
        <Failed what="The definition could not be read" error={definition.error} />
      )}
      {definition.data !== undefined && (
        <>
          <Versions
            name={definition.data.name}
            shown={definition.data.version}
            versions={known.find((one) => one.name === chosen)?.versions ?? []}
          />
          <StateGraph definition={definition.data} />
          <p className="muted">
            Diamonds are handoffs between roles; a dashed line shows where a retry goes back to. Any
            state can fail into Error, where a build waits for a person.
          </p>
          <Rules definition={definition.data} />
          <States definition={definition.data} />
        </>
      )}
    </div>
  );
}

function Versions({
  name,
  shown,
  versions,
}: {
  name: string;
  shown: number;
  versions: readonly number[];
}) {
  return (
    <p className="muted">
      Version {shown}
      {versions
        .filter((one) => one !== shown)
        .map((one) => (
          <span key={one}>
            {' · '}
            <Link to={{ page: 'definitions', name }} query={{ version: String(one) }}>
              version {one}
            </Link>
          </span>
        ))}
    </p>
  );
}

function Rules({ definition }: { definition: DefinitionDescription }) {
  const { approvals, separations, workspaceRequired } = definition;
  const rules = [
    ...approvals.map(({ from, to, by }) => {
      const who = by === undefined || by.length === 0 ? 'a person' : by.join(' or ');
      return `${title(from)} → ${title(to)} needs the approval of ${who}`;
    }),
    ...separations.map(
      ({ phase, from, by }) =>
        `${title(phase)} needs another ${title(by).toLowerCase()} than ${title(from)}`,
    ),
    ...(workspaceRequired ? ['Every output needs a checkpoint of the workspace'] : []),
  ];
  if (rules.length === 0) return null;
  return (
    <section aria-label="Rules">
      <h2>Rules</h2>
      <ul>
        {rules.map((rule) => (
          <li key={rule}>{rule}</li>
        ))}
      </ul>
    </section>
  );
}

function States({ definition }: { definition: DefinitionDescription }) {
  return (
    <section aria-label="States">
      <h2>States</h2>
      <ol className="states">
        {definition.states.map((state) => (
          <State key={state.name} state={state} definition={definition} />
        ))}
      </ol>
    </section>
  );
}

const KINDS: Readonly<Record<StateDescription['kind'], string>> = {
  phase: 'phase',
  handoff: 'handoff',
  final: 'final',
  error: 'waits for a person',
};

function State({
  state,
  definition,
}: {
  state: StateDescription;
  definition: DefinitionDescription;
}) {
  const { name, kind, owners, gates, outputSchema, retryTo } = state;
  const next = definition.transitions.filter(
    ({ from, kind }) => from === name && kind === 'forward',
  );
  return (
    <li className="state-card" id={`state-${name}`}>
      <h3>
        {title(name)} <span className="tag">{KINDS[kind]}</span>
      </h3>
      <dl className="facts">
        <div>
          <dt>Owner</dt>
          <dd>{owners.length === 0 ? 'no role' : owners.map(title).join(' and ')}</dd>
        </div>
        {next.length > 0 && (
          <div>
            <dt>Next</dt>
            <dd>{next.map(({ to }) => title(to)).join(', ')}</dd>
          </div>
        )}
        {retryTo !== undefined && (
          <div>
            <dt>A retry goes back to</dt>
            <dd>{title(retryTo)}</dd>
          </div>
        )}
      </dl>
      {gates.length > 0 && (
        <dl className="payload" aria-label="Gates">
          {gates.map((gate) => (
            <div key={gate.name}>
              <dt>{title(gate.name)}</dt>
              <dd>{gate.description}</dd>
            </div>
          ))}
        </dl>
      )}
      {outputSchema !== undefined && (
        <details>
          <summary>Output schema</summary>
          <pre className="payload-text">{JSON.stringify(outputSchema, null, 2)}</pre>
        </details>
      )}
    </li>
  );
}
