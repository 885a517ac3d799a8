import { type FormEvent, useEffect, useRef, useState } from 'react';
import { queryClient } from '../api/query-client.ts';
import { session, signIn } from '../api/session.ts';
import { useStore } from '../api/store.ts';

/** Asks for a key over the page, which stays as it is beneath, with what was typed into it. */
export function SignIn() {
  const { asking } = useStore(session);
  const dialog = useRef<HTMLDialogElement>(null);
  const [key, setKey] = useState('');
  const isAsked = asking !== undefined;
  useEffect(() => {
    if (isAsked) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isAsked]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = key.trim();
    if (given === '') return;
    setKey('');
    signIn(given);
    void queryClient.invalidateQueries();
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="sign-in-title"
      onCancel={(event) => event.preventDefault()}
    >
      <form onSubmit={submit}>
        <h2 id="sign-in-title">Sign in</h2>
        {asking !== undefined && <p>{sentence(asking)}</p>}
        <label htmlFor="sign-in-key">API key or token</label>
        <input
          id="sign-in-key"
          type="password"
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.target.value)}
        />
        <p className="hint">
          It is kept for this tab only. Create one on the server with <code>baton keys create</code>
          .
        </p>
        <div className="actions">
          <button type="submit" className="primary">
            Sign in
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** A reason of the server, as a sentence. */
function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1).replace(/\.$/, '')}.`;
}
