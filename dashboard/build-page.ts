import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, stop } from 'esbuild'

/** The page's files by path. */
export type Page = Readonly<Record<string, { readonly type: string; readonly bytes: Uint8Array }>>

const web = new URL('./web/', import.meta.url)

/**
 * Builds the page in memory: it takes less time than a start of the process, so nothing is built ahead or kept.
 * @param snapshot when what a static copy shows was read; null for a page that follows the network
 */
export async function buildPage(snapshot: Date | null): Promise<Page> {
  const { outputFiles } = await build({
    entryPoints: ['main.tsx', 'style.css'].map((file) => fileURLToPath(new URL(file, web))),
    bundle: true,
    minify: true,
    write: false,
    outdir: '/',
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
  })
  // It keeps a process for the next build, and there is none.
  await stop()
  const of = (ending: string) =>
    outputFiles.find(({ path }) => path.endsWith(ending))?.contents ?? new Uint8Array()
  const html = await readFile(new URL('index.html', web), 'utf8')
  const mark = snapshot ? ` data-snapshot="${snapshot.toISOString()}"` : ''
  return {
    '/index.html': {
      type: 'text/html; charset=utf-8',
      bytes: Buffer.from(html.replace('<html', `<html${mark}`)),
    },
    '/main.js': { type: 'text/javascript; charset=utf-8', bytes: of('main.js') },
    '/style.css': { type: 'text/css; charset=utf-8', bytes: of('style.css') },
    '/icon.svg': { type: 'image/svg+xml', bytes: await readFile(new URL('icon.svg', web)) },
  }
}
