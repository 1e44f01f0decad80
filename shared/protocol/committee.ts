/** Who decides an epoch and where each sits, as contracts/libraries/Committee.sol chooses. */
const committeeSeats = 64
/** Stands for a uid where nobody sits. */
export const emptySeat = 0xffff_ffff

/** Uids of those with most stake, ascending; of equal stakes the earlier uid. */
export function electCommittee(stakes: readonly bigint[], minStake: bigint): number[] {
  return stakes
    .map((stake, uid) => ({ stake, uid }))
    .filter(({ stake }) => stake >= minStake)
    .sort((a, b) => (a.stake === b.stake ? a.uid - b.uid : a.stake < b.stake ? 1 : -1))
    .slice(0, committeeSeats)
    .map(({ uid }) => uid)
    .sort((a, b) => a - b)
}

/**
 * Everyone who had a seat has it again; newcomers take the lowest free ones.
 * @param uids ascending
 * @param unit the number of seats is a multiple of it
 * @returns a uid or `emptySeat` per seat
 */
export function seatCommittee(uids: readonly number[], before: readonly number[], unit: number): number[] {
  const members = new Set(uids)
  const seats = before.map((uid) => (members.has(uid) ? uid : emptySeat))
  for (const uid of uids) {
    if (seats.includes(uid)) continue
    const free = seats.indexOf(emptySeat)
    if (free < 0) seats.push(uid)
    else seats[free] = uid
  }
  const used = seats.findLastIndex((uid) => uid !== emptySeat) + 1
  const length = Math.ceil(used / unit) * unit
  return Array.from({ length }, (_, seat) => seats[seat] ?? emptySeat)
}
