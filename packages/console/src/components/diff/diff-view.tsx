import type { Artifact } from '@baton/core/api';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { readContent } from '../../api/read-content.ts';
import { useHasPainted } from '../../api/use-has-painted.ts';
import { Failed, Loading } from '../feedback.tsx';
import { firstRect } from '../first-rect.ts';
import { useRowBlocks } from '../row-blocks.ts';
import { readDiff } from './diff-rows.ts';
import type { DiffFile, DiffRow, ReadDiff } from './rows.ts';

const ROW_PX = 20;
const HEADER_PX = 36;
const FILE_PX = 28;

const NO_DIFF: ReadDiff = { files: [], rows: [], width: 0, isWhole: true };

export interface DiffProps {
  readonly workflowId: string;
  readonly artifact: Artifact;
}

/** The diff of an attempt: its first files are shown while the rest is read. */
export function DiffView({ workflowId, artifact }: DiffProps) {
  const { data, error, refetch } = useQuery(diffQuery(workflowId, artifact));
  return (
    <>
      {error !== null && <Failed what="The diff could not be read" error={error} again={refetch} />}
      {data === undefined && error === null && <Loading what="the diff" />}
      {data !== undefined && <DiffRows diff={data} label={`Diff ${artifact.name}`} />}
    </>
  );
}

/** A diff as far as it has been read. */
export function diffQuery(workflowId: string, { number, digest }: Artifact) {
  return queryOptions<ReadDiff>({
    queryKey: ['diff', workflowId, number, digest],
    queryFn: async ({ client, queryKey, signal }) => {
      let read = NO_DIFF;
      for await (read of readDiff(readContent(workflowId, number, signal))) {
        client.setQueryData(queryKey, read);
      }
      return read;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    structuralSharing: false,
  });
}

interface DiffRowsProps {
  readonly diff: ReadDiff;
  readonly label: string;
}

/** A diff of git, however long: only the rows that are seen are in the page. */
export function DiffRows({ diff, label }: DiffRowsProps) {
  const { rows, width, isWhole } = diff;
  const frame = useRef<HTMLElement>(null);
  const { blocks, height, show } = useRowBlocks({
    ...{ frame, count: rows.length },
    sizeOf: (row) => (rows[row]?.kind === 'file' ? HEADER_PX : ROW_PX),
  });
  if (rows.length === 0) return isWhole && <p className="placeholder">No file changed.</p>;
  return (
    <div className="diff">
      <FileList diff={diff} show={({ row }) => show(row)} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section className="diff-rows" ref={frame} aria-label={label} tabIndex={0}>
        <div className="diff-all" style={{ height, minWidth: `${width + 14}ch` }}>
          {blocks.map((block) => (
            <div className="row-block" key={block.key} style={block.style}>
              {block.rows.map((row) => (
                <Row key={row} row={rows[row]} />
              ))}
            </div>
          ))}
        </div>
      </section>
    </div>
  );
}

interface FileListProps {
  readonly diff: ReadDiff;
  readonly show: (file: DiffFile) => void;
}

function FileList({ diff: { files, isWhole }, show }: FileListProps) {
  const frame = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: files.length,
    getScrollElement: () => frame.current,
    initialRect: firstRect(),
    estimateSize: () => FILE_PX,
    overscan: useHasPainted() ? 10 : 0,
  });
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  return (
    <nav className="diff-files" aria-label="Changed files" ref={frame}>
      <p className="diff-sum">
        {files.length} {files.length === 1 ? 'file' : 'files'}{' '}
        <Counts added={added} removed={removed} />
        {!isWhole && <span className="muted"> so far …</span>}
      </p>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const file = files[index];
          return (
            file && (
              <li
                key={index}
                aria-setsize={files.length}
                aria-posinset={index + 1}
                style={{ transform: `translateY(${start}px)` }}
              >
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
            )
          );
        })}
      </ul>
    </nav>
  );
}

function Counts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className="diff-counts number">
      <span className="plus">+{added}</span> <span className="minus">−{removed}</span>
    </span>
  );
}

const SIGNS = { insert: '+', delete: '−', normal: '' } as const;

function Row({ row }: { row: DiffRow | undefined }) {
  switch (row?.kind) {
    case 'file':
      return (
        <div className="diff-header">
          {row.file.was !== undefined && `${row.file.was} → `}
          {row.file.path} <span className="muted">{row.file.change}</span>
        </div>
      );
    case 'hunk':
      return <div className="diff-hunk">{row.text}</div>;
    case 'note':
      return <div className="diff-hunk muted">{row.text}</div>;
    case 'line':
      return (
        <div className={`diff-line diff-${row.change}`}>
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
