/** A fault that took effect: in which window, and on whom; null where that is everybody. */
export interface Hit {
  readonly window: number
  readonly role: string | null
}

/**
 * Windows from the one in which a fault met a role until the first that the role did its part in; 0 where that is the
 * same. The longest over all faults and roles.
 * @param done by window: the roles that did their part
 * @returns also the roles that never came back
 */
export function longestRecovery(
  hits: readonly Hit[],
  roles: readonly string[],
  done: readonly ReadonlySet<string>[],
): { windows: number; missing: string[] } {
  let windows = 0
  const missing = new Set<string>()
  for (const { window, role } of hits) {
    for (const name of role === null ? roles : [role]) {
      const back = done.findIndex((names, at) => at >= window && names.has(name))
      if (back < 0) missing.add(name)
      else windows = Math.max(windows, back - window)
    }
  }
  return { windows, missing: [...missing] }
}
