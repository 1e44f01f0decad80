/**
 * Remembers answers while nothing has changed, so that many open pages cost what one does.
 * @param isAnswer false of what is worth another try, though nothing has changed
 */
export function memoByVersion<Value>(
  versionOf: () => string,
  mostKept: number,
  isAnswer: (value: Value) => boolean = () => true,
) {
  const kept = new Map<string, { version: string; value: Promise<Value> }>()
  return (key: string, read: () => Promise<Value>): Promise<Value> => {
    const version = versionOf()
    const known = kept.get(key)
    if (known?.version === version) return known.value
    const value = read()
    kept.delete(key)
    kept.set(key, { version, value })
    const drop = () => kept.get(key)?.value === value && kept.delete(key)
    value.then((answer) => isAnswer(answer) || drop(), drop)
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break
      kept.delete(oldest)
    }
    return value
  }
}
