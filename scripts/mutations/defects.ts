/** One way in which the money could go wrong, as an edit of a contract. */
export interface Defect {
  readonly name: string
  readonly file: string
  /** Each text stands there once, and is replaced. */
  readonly edits: readonly (readonly [text: string, replacement: string])[]
}

export const defects: readonly Defect[] = [
  {
    name: "treasury's share left out of `emitted`",
    file: 'contracts/RewardVault.sol',
    edits: [['emitted += total + toTreasury;', 'emitted += total;']],
  },
  {
    name: 'anyone may call `fund`',
    file: 'contracts/RewardVault.sol',
    edits: [['require(msg.sender == settler, NotSettler(msg.sender, settler));', '']],
  },
  {
    name: 'a stake is withdrawn before unbonding ends',
    file: 'contracts/StakeRegistry.sol',
    edits: [['require(block.number >= exitAt, StillBonded(role, uid, exitAt, block.number));', '']],
  },
  {
    name: 'unbonding is half as long',
    file: 'contracts/StakeRegistry.sol',
    edits: [
      [
        'uint40 exitAt = uint40(block.number) + unbondingBlocks;',
        'uint40 exitAt = uint40(block.number) + unbondingBlocks / 2;',
      ],
      ['blockNumber >= exitAt - unbondingBlocks;', 'blockNumber >= exitAt - unbondingBlocks / 2;'],
    ],
  },
  {
    name: 'stake counts at once',
    file: 'contracts/StakeRegistry.sol',
    edits: [['epoch == 0 ? start : start - _epochBlocks, start);', 'start, start);']],
  },
  {
    name: 'prices are kept after a sweep',
    file: 'contracts/StakeRegistry.sol',
    edits: [['        _prices = 0;\n', '']],
  },
  {
    name: '`isPunished` is not set',
    file: 'contracts/Disputes.sol',
    edits: [['isPunished[role][uid][period] = true;', '']],
  },
  {
    name: 'a row is opened twice',
    file: 'contracts/ScoreBook.sol',
    edits: [
      ['require(!b.revealed, AlreadyRevealed(epoch, validatorUid));', ''],
      ['require(opened == b.hash, ', 'require(opened == b.hash || bytes24(rowDigest) == b.hash, '],
    ],
  },
  {
    name: 'the end of all epochs is refused by an overflow',
    file: 'contracts/Disputes.sol',
    edits: [['rolloutLog.epochStart(epoch) + _epochBlocks + ', 'rolloutLog.epochStart(epoch + 1) + ']],
  },
]
