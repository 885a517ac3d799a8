import { useEffect, useRef, useState } from 'react';
import { useDefinition } from '../../api/queries.ts';
import { useParam } from '../../app/router.tsx';
import { title } from '../../components/format.ts';
import { AWAITING } from './use-builds.ts';

/** What is no name of a state, as the table says it. */
const WORDS: Readonly<Record<string, string>> = {
  'awaiting:approval': 'Needs approval',
  'awaiting:answers': 'Needs answers',
  error: 'Failed or cancelled',
};

/** What narrows the list; all of it is in the address. */
export function BuildFilters() {
  const definition = useDefinition('build', undefined);
  const states = definition.data?.states.map(({ name }) => name) ?? [];
  const roles = definition.data?.roles.map(({ name }) => name) ?? [];
  const standings = [...Object.keys(AWAITING), ...states];
  return (
    <search className="filters">
      <Text name="search" label="Search by build or user" type="search" />
      <Text name="project" label="Project" type="text" />
      <Choice name="state" label="State" all="Any state" options={standings} />
      <Choice name="role" label="Role to act" all="Any role" options={roles} />
    </search>
  );
}

/** The list is asked for at once with a letter that comes after a pause; of a key that is held, with the last. */
const PAUSE_MS = 100;
const TYPING_MS = 30;

function Text({ name, label, type }: { name: string; label: string; type: 'search' | 'text' }) {
  const [value, setValue] = useParam(name);
  const [typed, setTyped] = useState(value);
  const typedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const now = performance.now();
    const isAfterPause = now - typedAt.current > PAUSE_MS;
    typedAt.current = now;
    const timer = setTimeout(() => setValue(typed, true), isAfterPause ? 0 : TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, value, setValue]);
  return (
    <label className="filter">
      <span>{label}</span>
      <input
        type={type}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        spellCheck={false}
      />
    </label>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly all: string;
  readonly options: readonly string[];
}

function Choice({ name, label, all, options }: ChoiceProps) {
  const [value, setValue] = useParam(name);
  // What the address names stays chosen, also before the definition is there, and of another definition.
  const shown = value === '' || options.includes(value) ? options : [value, ...options];
  return (
    <label className="filter">
      <span>{label}</span>
      <select value={value} onChange={(event) => setValue(event.target.value)}>
        <option value="">{all}</option>
        {shown.map((option) => (
          <option key={option} value={option}>
            {WORDS[option] ?? title(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
