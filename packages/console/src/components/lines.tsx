import { useEffect, useMemo, useRef } from 'react';
import { useRowBlocks } from './row-blocks.ts';

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
  const frame = useRef<HTMLElement>(null);
  const { blocks, height, showEnd } = useRowBlocks({
    ...{ frame, count: lines.length },
    sizeOf: () => LINE_PX,
  });
  useEffect(() => {
    if (follows) showEnd();
  }, [follows, lines.length, showEnd]);
  const digits = String(lines.length).length;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section className="lines" ref={frame} aria-label={label} tabIndex={0}>
      <div className="lines-all" style={{ height }}>
        {blocks.map((block) => (
          <div className="row-block" key={block.key} style={block.style}>
            {block.rows.map((row) => (
              <div className="line" key={row}>
                <span
                  className="line-number"
                  style={{ width: `${digits + 1}ch` }}
                  aria-hidden="true"
                >
                  {row + 1}
                </span>
                <span className="line-text">{lines[row]}</span>
              </div>
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}

/** Colours and cursor moves of terminals. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one.
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g;
