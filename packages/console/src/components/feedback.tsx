import { BatonError } from '@baton/client';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sentence, title } from './format.ts';

/** What a page shows while it waits for its data. It keeps the place that the data takes. */
export function Loading({ what }: { what: string }) {
  return (
    <p className="placeholder" role="status">
      Loading {what} …
    </p>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="placeholder">
      <p className="placeholder-title">{title}</p>
      {children}
    </div>
  );
}

/** Why there is nothing to show of what was asked for; a failure can be tried again. */
export type Unread = 'pending' | { readonly error: Error; readonly again: () => void };

/** What keeps a person from having seen something: it was not read, or parts of it are nowhere. */
export type Unseen = Unread | 'missing';

/** Undefined once it was read. While the server is away, what was read last is shown, and the page says that it is not live. */
export function unreadOf({
  data,
  error,
  refetch,
}: Pick<UseQueryResult<unknown, Error>, 'data' | 'error' | 'refetch'>): Unread | undefined {
  if (error === null) return data === undefined ? 'pending' : undefined;
  if (data !== undefined && BatonError.from(error).code === 'unavailable') return undefined;
  return { error, again: refetch };
}

/** Of several: a failure before what is still being read; undefined once all were read. */
export function firstUnread<Why>(all: readonly (Why | undefined)[]): Why | undefined {
  return all.find((one) => one !== undefined && one !== 'pending') ?? all.find(Boolean);
}

/** In place of what was not read. @param what such as `the evidence`. */
export function NotRead({ what, why }: { what: string; why: Unread }) {
  if (why === 'pending') return <Loading what={what} />;
  return <Failed what={`${title(what)} could not be read`} {...why} />;
}

/**
 * In place of what a server without a store of artifacts cannot have.
 *
 * @param what such as `changes`.
 */
export function NoStore({ what }: { what: string }) {
  return (
    <Empty title={`This server keeps no ${what}`}>
      <p>
        Start the server and its workers with <code>ARTIFACTS_URL</code>: diffs and outputs of
        commands are kept from then on.
      </p>
    </Empty>
  );
}

interface FailedProps {
  readonly what: string;
  readonly error: unknown;
  /** Tries once more. Absent: that is done without a person, or by the button that was used. */
  readonly again?: (() => void) | undefined;
}

/** A failure in words: what happened, and what there is to choose from. */
export function Failed({ what, error, again }: FailedProps) {
  const { message, legal, violations } = BatonError.from(error);
  return (
    <div className="failed" role="alert">
      <p>
        <strong>{what}.</strong> {sentence(message)}
      </p>
      {violations.length > 1 && (
        <ul>
          {violations.map(({ field, description }) => (
            <li key={field}>
              {field}: {description}
            </li>
          ))}
        </ul>
      )}
      {legal.length > 0 && <p>Possible: {legal.join(', ')}</p>}
      {again !== undefined && (
        <button type="button" onClick={() => again()}>
          Try again
        </button>
      )}
    </div>
  );
}
