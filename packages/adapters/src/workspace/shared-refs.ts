/** Below it are the checkpoints of all builds. It differs from the local refs, which a remote may have, too. */
export const SHARED = 'refs/baton-shared/';

/** The ref of a checkpoint on a remote. Its name has the fence of the attempt that published it. */
export function sharedRef(
  workflowId: string,
  { epoch, attempt }: { readonly epoch: number; readonly attempt: number },
  commit: string,
): string {
  return `${SHARED}${workflowId}/${epoch}/${attempt}/${commit}`;
}

/** The build that a ref on a remote belongs to. */
export function workflowOfShared(ref: string): string {
  return ref.slice(SHARED.length).split('/', 1)[0] ?? '';
}
