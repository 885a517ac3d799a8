import type { JsonObject, JsonValue } from '@baton/core/api';
import { title } from './format.ts';

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
            <Value value={field} />
          </dd>
        </div>
      ))}
    </dl>
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
  if (typeof value !== 'object') return <span className="number">{String(value)}</span>;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) {
    if (value.length === 0) return <span className="muted">none</span>;
    return (
      <ul>
        {(value as readonly string[]).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    );
  }
  return <pre className="payload-text">{JSON.stringify(value, null, 2)}</pre>;
}

/** `testsPassed` as `tests passed`. */
function spaced(name: string): string {
  return name.replace(
    /([a-z])([A-Z])/g,
    (_all, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
}
