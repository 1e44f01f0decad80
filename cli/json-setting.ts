export const json = { describe: 'print everything as JSON' } as const
