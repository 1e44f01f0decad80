/**
 * A module of this project that a process or thread of its own runs, in the form that exists here: TypeScript in
 * the repository, and in the npm package the JavaScript that was compiled from it.
 */
export function runnableModule(source: URL): URL {
  return import.meta.url.endsWith('.js') ? new URL(source.href.replace(/\.ts$/, '.js')) : source
}
