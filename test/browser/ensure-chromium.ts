// Finds a Chromium for the browser tests, or installs one where that is possible, or says exactly what to do.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const fixed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe',
]

/** The path of a Chromium on this machine, or null. `CHROMIUM` in the environment wins. */
export function findChromium(): string | null {
  const own = process.env['CHROMIUM']
  if (own) return own
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((dir) => names.map((name) => join(dir, name)))
  return [...onPath, ...fixed, chromium.executablePath()].find((path) => path && existsSync(path)) ?? null
}

function tryRun(command: string, args: readonly string[]): boolean {
  console.log(`Installing Chromium: ${command} ${args.join(' ')}`)
  return (
    spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
      .status === 0
  )
}

function install(): void {
  const isRoot = process.getuid?.() === 0
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    tryRun('apt-get', ['update', '-q'])
    if (tryRun('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-noto-cjk']))
      return
  }
  const cli = fileURLToPath(new URL('../../node_modules/playwright-core/cli.js', import.meta.url))
  tryRun(process.execPath, [cli, 'install', 'chromium'])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!findChromium()) install()
  const found = findChromium()
  if (!found) {
    console.error(
      'Cannot run the browser tests: no Chromium was found and none could be installed.\n' +
        'Install Chromium or Chrome (Debian: `sudo apt-get install chromium`), or name one: `CHROMIUM=/path/to/chrome npm test`',
    )
    process.exit(1)
  }
  console.log(`Browser tests use ${found}`)
}
