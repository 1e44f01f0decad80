import type { Command, Option } from 'commander'
import leven from 'leven'

/** The names that any command of the program knows: one file serves them all. */
export function knownSettings(command: Command): ReadonlySet<string> {
  let root = command
  while (root.parent) root = root.parent
  return new Set(namesIn(root))
}

/** The known name that an unknown one was most likely meant to be; null where none is near. */
export function nearestSetting(name: string, known: Iterable<string>): string | null {
  const near = [...known]
    .map((candidate) => ({ candidate, most: Math.max(2, candidate.length / 3) }))
    // A stranger's name may be of any length, and comparing takes as long as both are.
    .filter(({ candidate, most }) => Math.abs(candidate.length - name.length) <= most)
    .map(({ candidate, most }) => ({
      candidate,
      most,
      distance: leven(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .filter(({ distance, most }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.candidate ?? null
}

function namesIn(command: Command): string[] {
  return [...command.options.map(nameOf), ...command.commands.flatMap(namesIn)]
}

/** The parser calls `--no-verify` by `verify`. */
function nameOf(option: Option): string {
  const name = option.attributeName()
  return option.negate ? `no${name[0].toUpperCase()}${name.slice(1)}` : name
}
