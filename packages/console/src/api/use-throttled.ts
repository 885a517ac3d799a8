import { useEffect, useRef, useState } from 'react';

/** A value that changes often, told at once and then at most every `ms`; the last one is always told. */
export function useThrottled<T>(value: T, ms: number): T {
  const [told, setTold] = useState(value);
  const toldAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const tell = () => {
      toldAt.current = performance.now();
      setTold(value);
    };
    const waitMs = toldAt.current + ms - performance.now();
    if (waitMs <= 0) return tell();
    const timer = setTimeout(tell, waitMs);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return told;
}
