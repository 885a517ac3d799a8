import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { serveFolder } from './static-site.ts';

async function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'baton-site-'));
  const folder = join(root, 'live');
  const site = await serveFolder(folder);
  onTestFinished(() => {
    site.close();
    rmSync(root, { recursive: true });
  });
  writeFileSync(join(root, 'secret.txt'), 'secret');
  return { folder, url: site.url };
}

/** Sends the path as it is: fetch would tidy it up first. */
function statusOf(url: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

it('serves what is in the folder by then, with its type', async () => {
  const { folder, url } = await setUp();
  expect((await fetch(url)).status).toBe(404);
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.html'), '<h1>Hello</h1>');
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await response.text()).toBe('<h1>Hello</h1>');
});

it.each([
  '//',
  '//[',
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/x/../../secret.txt',
  '/..%2fsecret.txt',
])('does not lead out of the folder: %s', async (path) => {
  const { folder, url } = await setUp();
  mkdirSync(folder);
  expect(await statusOf(url, path)).toBe(404);
});
