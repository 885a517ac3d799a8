import type { DefinitionDescription, DefinitionVersion, StateDescription } from '@baton/core/api';
import { useDefinition, useDefinitions } from '../../api/queries.ts';
import { Link, useParam } from '../../app/router.tsx';
import { Failed, Loading } from '../../components/feedback.tsx';
import { title } from '../../components/format.ts';
import { StateGraph } from '../../components/state-graph.tsx';

/** What workflows run by: the states of each definition, who owns them, and what their outputs must pass. */
export function DefinitionsPage({ name }: { name: string | undefined }) {
  const definitions = useDefinitions();
  const known = definitions.data ?? [];
  const names = [...new Set(known.map((one) => one.name))];
  const chosen = name ?? known.find(({ isDefault }) => isDefault)?.name;
  const [version] = useParam('version');
  const definition = useDefinition(chosen, version === '' ? undefined : Number(version));
  return (
    <div className="page">
      <div className="page-head">
        <h1>Definitions</h1>
      </div>
      {definitions.isError && (
        <Failed
          what="The definitions could not be listed"
          error={definitions.error}
          again={definitions.refetch}
        />
      )}
      {definitions.isPending && <Loading what="definitions" />}
      <nav className="tabs" aria-label="Definitions">
        {names.map((one) => (
          <Link
            key={one}
            to={{ page: 'definitions', name: one }}
            aria-current={one === chosen ? 'page' : undefined}
          >
            {one}
          </Link>
        ))}
      </nav>
      {definition.isError && (
        <Failed
          what="The definition could not be read"
          error={definition.error}
          again={definition.refetch}
        />
      )}
      {chosen !== undefined && definition.isPending && <Loading what="the definition" />}
      {definition.data !== undefined && (
        <>
          <Versions shown={definition.data} versions={known.filter((one) => one.name === chosen)} />
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
  shown,
  versions,
}: {
  shown: DefinitionDescription;
  versions: readonly DefinitionVersion[];
}) {
  const isDefault = versions.some((one) => one.isDefault && one.version === shown.version);
  return (
    <p className="muted">
      Version {shown.version}
      {isDefault && ', by which builds run that name no definition'}
      {versions
        .filter(({ version }) => version !== shown.version)
        .map(({ name, version }) => (
          <span key={version}>
            {' · '}
            <Link to={{ page: 'definitions', name }} query={{ version: String(version) }}>
              version {version}
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
