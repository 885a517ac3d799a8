import { chmod, lstat, mkdir, rm, rmdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix } from 'node:path';
import { BatonError, type Workspace } from '@baton/core';
import type { FileChange, WrittenFile } from './cassette-format.ts';

/**
 * Makes recorded changes in a workspace. A cassette is untrusted input, so every path is checked before the
 * first change: none may leave the workspace, pass through a link that does, or touch git's own files, whose
 * hooks and settings run as commands.
 *
 * @throws BatonError `invalid_input` for a path or a link that leads out of the workspace.
 */
export async function applyChanges(
  workspace: Workspace,
  files: Readonly<Record<string, FileChange>>,
): Promise<void> {
  const changes = Object.entries(files);
  for (const [path, change] of changes) {
    checkPath(path);
    await folderOf(workspace, path);
    if ('mode' in change && change.mode === '120000') checkLink(path, bytesOf(change).toString());
  }
  // Deletions first: a file may have become a folder, or a folder a file.
  for (const [path, change] of changes) {
    if ('deleted' in change) await remove(workspace, path);
  }
  for (const [path, change] of changes) {
    if ('mode' in change) await write(workspace, path, change);
  }
}

function checkPath(path: string): void {
  const segments = path.split('/');
  const plain = segments.every((segment) => !['', '.', '..'].includes(segment));
  if (!plain || isAbsolute(path)) throw refusal(path, 'it is not a plain relative path');
  if (segments.some((segment) => segment.toLowerCase() === '.git')) {
    throw refusal(path, "it leads into git's own files");
  }
}

function checkLink(path: string, target: string): void {
  const inside = posix.join(posix.dirname(path), target);
  const possible = target !== '' && !target.includes('\0');
  if (!possible || isAbsolute(target) || inside === '..' || inside.startsWith('../')) {
    throw refusal(path, `it is a link to ${JSON.stringify(target)}`);
  }
}

function bytesOf(file: WrittenFile): Buffer {
  return Buffer.from(file.content, file.encoding);
}

/** Resolves the folder that holds `path`, without following a link at `path` itself. */
async function folderOf(workspace: Workspace, path: string): Promise<string> {
  const folder = dirname(path);
  return folder === '.' ? workspace.path : workspace.resolve(folder);
}

async function write(workspace: Workspace, path: string, file: WrittenFile): Promise<void> {
  const folder = await folderOf(workspace, path);
  const absolute = join(folder, posix.basename(path));
  await mkdir(folder, { recursive: true });
  // Replace a link, never write through it.
  if ((await lstat(absolute).catch(() => undefined))?.isSymbolicLink()) await rm(absolute);
  const content = bytesOf(file);
  if (file.mode !== '120000') {
    await writeFile(absolute, content);
    await chmod(absolute, file.mode === '100755' ? 0o755 : 0o644);
    return;
  }
  await rm(absolute, { force: true });
  await symlink(content, absolute);
  try {
    // Only the file system knows where a chain of links ends.
    await workspace.resolve(path);
  } catch (reason) {
    await rm(absolute);
    throw reason;
  }
}

/** Removes a file, and the folders that it leaves empty, as git does. */
async function remove(workspace: Workspace, path: string): Promise<void> {
  const folder = await folderOf(workspace, path);
  await rm(join(folder, posix.basename(path)), { force: true });
  for (let empty = dirname(path); empty !== '.'; empty = dirname(empty)) {
    try {
      await rmdir(await workspace.resolve(empty));
    } catch {
      return;
    }
  }
}

function refusal(path: string, problem: string): BatonError {
  return new BatonError(
    'invalid_input',
    `the cassette's change of ${JSON.stringify(path)} is refused: ${problem}; expected to stay inside the workspace`,
  );
}
