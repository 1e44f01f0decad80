/**
 * Prompts without repetition, and where each one is among them. The rollouts of a group share their prompt, and a row's
 * bits depend on nothing but the row: its cache can be computed once and copied.
 */
export function distinctPrompts(prompts: readonly (readonly number[])[]): {
  readonly distinct: readonly (readonly number[])[]
  readonly indices: readonly number[]
} {
  const distinct: (readonly number[])[] = []
  const places = new Map<string, number>()
  const indices = prompts.map((prompt) => {
    const key = prompt.join()
    const known = places.get(key)
    if (known !== undefined) return known
    places.set(key, distinct.length)
    return distinct.push(prompt) - 1
  })
  return { distinct, indices }
}
