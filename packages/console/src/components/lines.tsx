import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { firstRect } from './first-rect.ts';

const LINE_PX = 20;

interface LinesProps {
  readonly text: string;
  readonly label: string;
  /** Whether its end is shown, also while the text grows. */
  readonly follows?: boolean;
}

/** A text by lines, however long it is: only what is seen is in the page. */
export function Lines({ text, label, follows = false }: LinesProps) {
  const lines = useMemo(
    () =>
      text
        .replace(ANSI, '')
        .replace(/\r?\n$/, '')
        .split(/\r?\n/),
    [text],
  );
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    initialRect: firstRect(),
    estimateSize: () => LINE_PX,
    overscan: 20,
  });
  useEffect(() => {
    if (follows) virtual.scrollToIndex(lines.length - 1);
  }, [follows, lines.length, virtual]);
  const digits = String(lines.length).length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="lines" ref={frame} aria-label={label} tabIndex={0}>
      <div className="lines-all" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <div className="line" key={index} style={{ transform: `translateY(${start}px)` }}>
            <span className="line-number" style={{ width: `${digits + 1}ch` }} aria-hidden="true">
              {index + 1}
            </span>
            <span className="line-text">{lines[index]}</span>
          </div>
        ))}
      </div>
    </section>
  );
}

/** Colours and cursor moves of terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one.
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
