#!/usr/bin/env node
import { describeFailure } from './lifecycle.ts'
import { createProgram } from './program.ts'

try {
  await createProgram().parseAsync()
} catch (error) {
  console.error(describeFailure(error))
  process.exitCode ??= 1
}
