import { toJson } from './observer/to-json.ts'

/** The outcome of a command, for programs or for people. */
export function print(json: boolean, value: unknown, text: string): void {
  console.log(json ? toJson(value) : text)
}
