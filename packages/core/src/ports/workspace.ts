import type { Checkpoint } from '../model/workflow.ts';

/** A file as git checks it out. */
export interface WorkspaceFile {
  /** What it holds; of a symbolic link, what it says. */
  readonly bytes: Uint8Array;
  readonly isLink: boolean;
}

/** Absolute paths of what git needs for a workspace outside of its root folder. */
export interface WorkspaceOutside {
  /** What commands may write who may write the files. */
  readonly writable: readonly string[];
  /** What they read alone. */
  readonly readable: readonly string[];
}

/** The files that one build works on. */
export interface Workspace {
  /** Absolute path of its root folder. */
  readonly path: string;
  /** For who confines commands to the workspace; absent: it needs nothing. */
  readonly outside?: WorkspaceOutside;
  /** Digest of the whole tree as it is now, when it was opened, or when the build began. */
  digest(of?: 'entry' | 'start'): Promise<string>;
  /** Paths, relative and sorted, of the files that the digest speaks of: ignored ones are not. */
  files(): Promise<readonly string[]>;
  /** Records the tree as it is now. Equal trees give equal digests. */
  checkpoint(label: string): Promise<Checkpoint>;
  /**
   * Paths, relative and sorted, of the files that differ from how the workspace was when it was
   * opened (`entry`) or when the build began (`start`); added and deleted ones included.
   */
  changedFiles(since: 'entry' | 'start'): Promise<readonly string[]>;
  /**
   * A file as it was when the workspace was opened (`entry`) or when the build began (`start`);
   * undefined where there was none.
   */
  fileAt(path: string, of: 'entry' | 'start'): Promise<WorkspaceFile | undefined>;
  /**
   * The absolute path of `relative`.
   *
   * @throws BatonError `invalid_input` when it leaves the workspace: `..`, absolute, symlinks.
   */
  resolve(relative: string): Promise<string>;
}

/** Opens the workspace of each build. */
export interface WorkspaceProvider {
  /**
   * The workflow's workspace with exactly the files of `checkpoint`, or, without one, those that
   * the build began with. Whatever an earlier attempt left behind is gone.
   */
  open(workflowId: string, checkpoint: Checkpoint | undefined): Promise<Workspace>;
}
