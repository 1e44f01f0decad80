import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DEFAULT_RECIPE, type Recipe, recipeShape } from '../../learner/recipe.ts'
import { SubnetError } from '../../shared/errors.ts'

/** The default recipe with what a file changes in it. @throws SubnetError CONFIG_INVALID */
export function readRecipe(path: string | undefined): Recipe {
  if (path === undefined) return DEFAULT_RECIPE
  try {
    const changes = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')))
    return recipeShape.parse({ ...DEFAULT_RECIPE, ...changes })
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message
    throw new SubnetError('CONFIG_INVALID', `--recipe ${path}: ${why}`, { cause })
  }
}
