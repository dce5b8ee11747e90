// `npm run bench:NAME`: builds, then runs bench/NAME.ts. Arguments go to it.
import { join } from 'node:path'
import { prepare, root, run } from './prepare.mjs'

const [name, ...rest] = process.argv.slice(2)
prepare()
run(process.execPath, [join(root, 'dist', 'bench', `${name}.js`), ...rest])
