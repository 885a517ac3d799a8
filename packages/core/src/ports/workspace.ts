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

/** What was made of a workspace's files before commands judge them, such as installed dependencies. */
export interface Preparation {
  /** What was last kept, if every file is still as it was then. */
  readonly kept: string | undefined;
  /**
   * Keeps all files as they are now, ignored ones too, for later openings with the files of the same
   * checkpoint: what other attempts write is taken out again.
   *
   * @param key says what made them, such as a digest of the command that installs.
   */
  keep(key: string): Promise<void>;
}

/**
 * Who works in a workspace. An author's has what earlier attempts left among the ignored files. That of a
 * judge lies elsewhere, and has the files of the checkpoint and what was kept as their preparation, and
 * nothing else, so that no attempt before it has a say.
 */
export type WorkspaceUse = 'author' | 'judge';

/** The attempt that publishes a checkpoint. */
export interface PublishedBy {
  /** Of the assignment, as `attempt` is. */
  readonly epoch: number;
  readonly attempt: number;
  /** Ends the publishing. */
  readonly signal: AbortSignal;
}

/** The label of the checkpoint that ends the work of a state. */
export function checkpointLabel(state: string): string {
  return `after ${state}`;
}

/** What can be asked about the files of a workspace; those that git ignores do not count. */
export interface WorkspaceFiles {
  /** Digest of the whole tree: as it is, when the workspace was opened, or when the build began. */
  digest(of?: 'entry' | 'start'): Promise<string>;
  /** Paths, relative and sorted, of the files that the digest speaks of. */
  files(): Promise<readonly string[]>;
  /**
   * Paths, relative and sorted, of the files that differ from how the workspace was when it was opened (`entry`) or
   * when the build began (`start`); added and deleted ones included.
   */
  changedFiles(since: 'entry' | 'start'): Promise<readonly string[]>;
}

/** The files of a workspace as they were at one moment. */
export interface WorkspaceSnapshot extends WorkspaceFiles {
  /**
   * Paths, relative and sorted, of its files that were written, replaced or moved since then, whatever they hold
   * now. Absent: unknown.
   *
   * @param time milliseconds since the Unix epoch. Files have times of a grain, up to 10 ms.
   */
  writtenSince?(time: number): Promise<readonly string[]>;
}

/**
 * The files that one build works on. Each answer about them is of the moment when it is asked for, and takes reading
 * every file: who has several questions takes a {@link Workspace.snapshot} and asks that.
 */
export interface Workspace extends WorkspaceFiles {
  /** Absolute path of its root folder. */
  readonly path: string;
  /** For who confines commands to the workspace; absent: it needs nothing. */
  readonly outside?: WorkspaceOutside;
  /** For judges; absent: nothing is kept from one opening to the next but what lies there. */
  readonly preparation?: Preparation;
  /**
   * Reads all files once. What it returns keeps its answers, whatever becomes of the files; only what was written
   * since some time is looked up anew.
   */
  snapshot(): Promise<WorkspaceSnapshot>;
  /**
   * The label of the checkpoint with which a file came to be as it was when the workspace was opened;
   * undefined for one that was so when the build began. Absent: unknown.
   */
  labelOf?(path: string): Promise<string | undefined>;
  /** Records the tree as it is now. Equal trees give equal digests. */
  checkpoint(label: string): Promise<Checkpoint>;
  /**
   * Puts a checkpoint where workers on other machines find it. Resolves once it is there; calling it again
   * changes nothing. What another attempt publishes stays as it is. Absent: checkpoints stay on this machine.
   *
   * @throws BatonError retryable when the checkpoint is not known to be there.
   */
  publish?(checkpoint: Checkpoint, by: PublishedBy): Promise<void>;
  /**
   * The change of the files from when the workspace was opened to the last checkpoint since, as a patch;
   * empty where there is none. Files that hold a secret are named and left out. Absent: cannot be told.
   */
  patch?(holdsSecret: (text: string) => boolean): Promise<string>;
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
   *
   * @param use who works in it. Default: an author.
   */
  open(
    workflowId: string,
    checkpoint: Checkpoint | undefined,
    use?: WorkspaceUse,
  ): Promise<Workspace>;
}

/** A workspace whose answers about its files are those of a snapshot. */
export function asOf(workspace: Workspace, snapshot: WorkspaceSnapshot): Workspace {
  const asked: Pick<Workspace, keyof WorkspaceFiles | 'snapshot'> = {
    digest: (of) => snapshot.digest(of),
    files: () => snapshot.files(),
    changedFiles: (since) => snapshot.changedFiles(since),
    snapshot: async () => snapshot,
  };
  // A workspace may be an instance of a class, or frozen: its members are called on it, and the copy only names them.
  return new Proxy(
    { ...workspace },
    {
      get(_copy, name) {
        if (Object.hasOwn(asked, name)) return Reflect.get(asked, name);
        const member: unknown = Reflect.get(workspace, name);
        return typeof member === 'function' ? member.bind(workspace) : member;
      },
    },
  );
}
