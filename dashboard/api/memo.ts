/** Remembers answers while nothing has changed, so that many open pages cost what one does. */
export function memoByVersion<Value>(versionOf: () => string, mostKept: number) {
  const kept = new Map<string, { version: string; value: Promise<Value> }>()
  return (key: string, read: () => Promise<Value>): Promise<Value> => {
    const version = versionOf()
    const known = kept.get(key)
    if (known?.version === version) return known.value
    const value = read()
    kept.delete(key)
    kept.set(key, { version, value })
    // A failure is not an answer to keep.
    value.catch(() => kept.get(key)?.value === value && kept.delete(key))
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break
      kept.delete(oldest)
    }
    return value
  }
}
