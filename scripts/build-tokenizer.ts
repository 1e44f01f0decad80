import { writeFileSync } from 'node:fs'
import { buildTokenizer } from '../model/tokenizer/build-tokenizer.ts'

writeFileSync(new URL('../models/default/tokenizer.json', import.meta.url), buildTokenizer())
