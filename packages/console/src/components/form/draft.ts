import { useCallback, useState } from 'react';

const PREFIX = 'baton.draft.';

/**
 * What is typed into a field, kept over reloads and refusals until it has done its work.
 *
 * @param name of the field, with what it is about: each question has a draft of its own.
 */
export function useDraft(name: string): readonly [string, (text: string) => void, () => void] {
  const key = PREFIX + name;
  // Held with its name: another field begins with its own draft at once.
  const [held, setHeld] = useState({ key, text: localStorage.getItem(key) ?? '' });
  const text = held.key === key ? held.text : (localStorage.getItem(key) ?? '');
  const set = useCallback(
    (next: string) => {
      if (next === '') localStorage.removeItem(key);
      else localStorage.setItem(key, next);
      setHeld({ key, text: next });
    },
    [key],
  );
  const clear = useCallback(() => set(''), [set]);
  return [text, set, clear];
}
