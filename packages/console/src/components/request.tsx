import type { JsonObject } from '@baton/core/api';
import { useId, useState } from 'react';
import { Lines } from './lines.tsx';
import { Payload } from './payload.tsx';
import { beginningOf, fieldsOf, requestOf } from './request-text.ts';

interface RequestProps {
  readonly requirements: JsonObject;
  readonly metadata: JsonObject | undefined;
}

/** What a build was asked for: its text first, of which a long one shows its beginning; further fields folded. */
export function Request({ requirements, metadata = {} }: RequestProps) {
  const { text, others } = requestOf(requirements);
  const fields = fieldsOf(others, metadata);
  const names = Object.keys(fields);
  return (
    <>
      {text !== undefined && <RequestText text={text} />}
      {names.length > 0 && (
        <details open={text === undefined}>
          <summary>{names.length === 1 ? '1 more field' : `${names.length} more fields`}</summary>
          <Payload value={fields} />
        </details>
      )}
    </>
  );
}

/** Above this a text is shown by lines, of which only those that are seen are in the page. */
const LONG_CHARACTERS = 20_000;

function RequestText({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  const id = useId();
  const beginning = beginningOf(text);
  if (beginning === undefined) return <p className="request-text">{text}</p>;
  const isLines = isWhole && text.length > LONG_CHARACTERS;
  return (
    <>
      <div id={id}>
        {isLines ? (
          <Lines text={text} label="Request" />
        ) : (
          <p className="request-text">{isWhole ? text : `${beginning}…`}</p>
        )}
      </div>
      <button
        type="button"
        className="link"
        aria-expanded={isWhole}
        aria-controls={id}
        onClick={() => setWhole(!isWhole)}
      >
        {isWhole ? 'Show less' : 'Show all of the request'}
      </button>
    </>
  );
}
