import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { Loading } from '../feedback.tsx';
import { type DiffFile, type DiffRow, type ReadDiff, readDiff } from './diff-rows.ts';

const ROW_PX = 20;
const HEADER_PX = 36;

export interface DiffProps {
  /** Names the diff: what was read of it once is kept. */
  readonly digest: string;
  readonly text: string;
  readonly label: string;
}

/** A diff of git, however long: only the rows that are seen are in the page. */
export function DiffView({ digest, text, label }: DiffProps) {
  const diff = useQuery({
    queryKey: ['diff', digest],
    queryFn: () => readDiff(text),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
  });
  if (diff.data === undefined) return <Loading what="the diff" />;
  return <Rows diff={diff.data} label={label} />;
}

function Rows({ diff: { files, rows, width }, label }: { diff: ReadDiff; label: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => (rows[index]?.kind === 'file' ? HEADER_PX : ROW_PX),
    overscan: 20,
  });
  if (files.length === 0) return <p className="placeholder">No file changed.</p>;
  const show = ({ row }: DiffFile) => virtual.scrollToIndex(row, { align: 'start' });
  return (
    <div className="diff">
      <FileList files={files} show={show} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className="diff-rows" ref={frame} aria-label={label} tabIndex={0}>
        <div
          className="diff-all"
          style={{ height: virtual.getTotalSize(), minWidth: `${width + 14}ch` }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => (
            <Row key={index} row={rows[index]} start={start} />
          ))}
        </div>
      </section>
    </div>
  );
}

function FileList({ files, show }: { files: readonly DiffFile[]; show: (file: DiffFile) => void }) {
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  return (
    <nav className="diff-files" aria-label="Changed files">
      <p className="diff-sum">
        {files.length} {files.length === 1 ? 'file' : 'files'}{' '}
        <Counts added={added} removed={removed} />
      </p>
      <ul>
        {files.slice(0, MOST_LISTED).map((file) => (
          <li key={file.row}>
            <button
              type="button"
              className="diff-file"
              onClick={() => show(file)}
              title={file.path}
            >
              <bdi className="diff-path">{file.path}</bdi>
              <Counts added={file.added} removed={file.removed} />
            </button>
          </li>
        ))}
      </ul>
      {files.length > MOST_LISTED && (
        <p className="muted">and {files.length - MOST_LISTED} more, which follow in the diff</p>
      )}
    </nav>
  );
}

const MOST_LISTED = 100;

function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className="diff-counts number">
      <span className="plus">+{added}</span> <span className="minus">−{removed}</span>
    </span>
  );
}

const SIGNS = { insert: '+', delete: '−', normal: '' } as const;

function Row({ row, start }: { row: DiffRow | undefined; start: number }) {
  const style = { transform: `translateY(${start}px)` };
  switch (row?.kind) {
    case 'file':
      return (
        <div className="diff-header" style={style}>
          {row.file.was !== undefined && `${row.file.was} → `}
          {row.file.path} <span className="muted">{row.file.change}</span>
        </div>
      );
    case 'hunk':
      return (
        <div className="diff-hunk" style={style}>
          {row.text}
        </div>
      );
    case 'note':
      return (
        <div className="diff-hunk muted" style={style}>
          {row.text}
        </div>
      );
    case 'line':
      return (
        <div className={`diff-line diff-${row.change}`} style={style}>
          <span className="line-number">{row.before}</span>
          <span className="line-number">{row.after}</span>
          <span className="diff-sign">{SIGNS[row.change]}</span>
          <span className="line-text">{row.text}</span>
        </div>
      );
    case undefined:
      return null;
  }
}
