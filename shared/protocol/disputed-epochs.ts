/**
 * Faults can be proven, and scores explained, until the ballots of their epoch are replaced four epochs later: so long
 * nobody may let go of a bundle.
 */
export const disputedEpochs = 5
