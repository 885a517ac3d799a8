import { useEffect, useState } from 'react';

/** A page that is not looked at is not painted, and reads what it shows all the same. */
const UNSEEN_MS = 250;

/**
 * Whether what a component showed first has been painted. A page that shows what it knows already begins to read the rest
 * then: to send calls takes the time of a picture.
 */
export function useHasPainted(): boolean {
  const [hasPainted, setHasPainted] = useState(false);
  useEffect(() => {
    const done = () => setHasPainted(true);
    let painted: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      painted = setTimeout(done);
    });
    const unseen = setTimeout(done, UNSEEN_MS);
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(painted);
      clearTimeout(unseen);
    };
  }, []);
  return hasPainted;
}
