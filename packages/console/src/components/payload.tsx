import type { JsonObject, JsonValue } from '@baton/core/api';
import { isEvidence, recordsIn } from './evidence-records.ts';
import { duration, title } from './format.ts';

/** A payload as people read it: texts as text, lists as lists, and the rest as JSON. */
export function Payload({ value }: { value: JsonObject }) {
  const fields = Object.entries(value);
  if (fields.length === 0) return <p className="muted">Nothing was passed on.</p>;
  return (
    <dl className="payload">
      {fields.map(([name, field]) => (
        <div key={name}>
          <dt>{title(spaced(name))}</dt>
          <dd>
            {name === 'evidence' && isEvidence(field) ? (
              <Runs output={value} />
            ) : (
              <Value value={field} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What was run for an output; what it printed is among the evidence of the build. */
function Runs({ output }: { output: JsonObject }) {
  const runs = recordsIn(output);
  if (runs.length === 0) return <span className="muted">none</span>;
  return (
    <ul>
      {runs.map(({ argv, exitCode, durationMs, purpose }, index) => (
        <li key={`${index} ${purpose}`}>
          {purpose}: <code>{argv.join(' ')}</code>{' '}
          <span className="muted number">
            {exitCode === undefined ? 'killed' : `exit ${exitCode}`}, {duration(durationMs)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Value({ value }: { value: JsonValue | undefined }) {
  if (value === null || value === undefined) return <span className="muted">none</span>;
  if (typeof value === 'string') {
    return value.includes('\n') ? (
      <pre className="payload-text">{value}</pre>
    ) : (
      <span>{value}</span>
    );
  }
  if (typeof value === 'boolean') return <span>{yesNo(value)}</span>;
  if (typeof value !== 'object') return <span className="number">{String(value)}</span>;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    if (value.length === 0) return <span className="muted">none</span>;
    return (
      <ul>
        {(value as readonly string[]).map((one, index) => (
          <li key={`${index} ${one}`}>{one}</li>
        ))}
      </ul>
    );
  }
  if (Array.isArray(value) && value.length > 0 && value.every(isFlat)) {
    return (
      <ul>
        {value.map((one, index) => (
          <li key={`${index} ${JSON.stringify(one)}`}>{inWords(one)}</li>
        ))}
      </ul>
    );
  }
  return <pre className="payload-text">{JSON.stringify(value, null, 2)}</pre>;
}

/** Whether it is an object of single values, which reads as a line. */
function isFlat(value: JsonValue): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (one) => typeof one !== 'object' && !(typeof one === 'string' && one.includes('\n')),
    )
  );
}

/** Such as `name: home page, passed: yes`. */
function inWords(value: JsonObject): string {
  return Object.entries(value)
    .map(([name, one]) => `${spaced(name)}: ${typeof one === 'boolean' ? yesNo(one) : one}`)
    .join(', ');
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** `testsPassed` as `tests passed`. */
function spaced(name: string): string {
  return name.replace(
    /([a-z])([A-Z])/g,
    (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}
