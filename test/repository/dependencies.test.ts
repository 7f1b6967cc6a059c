import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly link?: boolean
}

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8'))

const manifest = (await read('package.json')) as {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
const { packages } = (await read('package-lock.json')) as { packages: Record<string, Locked> }
const locked = Object.entries(packages).filter(([path]) => path !== '')

/** The name of a package from where it lies: `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** The lowest version of each package in which the fault in the second column is mended. */
const floors: readonly [name: string, version: string, fault: string][] = [
  ['better-sqlite3', '12.11.0', 'SQLite before 3.51.3 may lose commits when its log is reset'],
  ['body-parser', '2.2.1', 'CVE-2025-13466: slow on many parameters'],
  ['cookie', '0.7.0', 'CVE-2024-47764: fields out of bounds'],
  ['dompurify', '3.2.4', 'CVE-2025-26791: scripts through templates'],
  ['engine.io', '6.6.10', 'CVE-2026-59725, CVE-2026-102599: a request ends the process'],
  ['esbuild', '0.25.0', 'GHSA-67mh-4wv8-2f99: its server answers every site'],
  ['express', '5.0.0', 'CVE-2024-29041, CVE-2024-43796: redirects and scripts'],
  ['express-rate-limit', '8.0.0', 'addresses of version 6 count by their network'],
  ['onnxruntime-node', '1.30.0', 'weights outside the folder are refused'],
  ['path-to-regexp', '8.0.0', 'CVE-2024-45296, CVE-2024-52798: slow patterns'],
  ['qs', '6.14.1', 'CVE-2025-15284, CVE-2026-2391: memory by arrays'],
  ['send', '1.0.0', 'CVE-2024-43799: scripts in redirects'],
  ['serve-static', '2.0.0', 'CVE-2024-43800: scripts in redirects'],
  ['sharp', '0.35.3', 'CVE-2026-33327, CVE-2026-35590, CVE-2026-69242 in libvips'],
  ['socket.io-parser', '4.2.7', 'CVE-2026-33151, CVE-2026-69185: attachments without end'],
  ['vite', '6.2.7', 'CVE-2025-24010, CVE-2025-31486: its server answers every site'],
  ['ws', '8.21.0', 'CVE-2026-48779: a frame ends the process'],
]

/** Packages that must not come in, whoever wants them. */
const unwanted = [
  'multer',
  'busboy',
  'formidable',
  'vm2',
  'serialize-javascript',
  'node-serialize',
  'picklejs',
]

function isAtLeast(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split(/[.-]/).map(Number))
  const at = [0, 1, 2].find((part) => a?.[part] !== b?.[part])
  return at === undefined || (a?.[at] ?? 0) > (b?.[at] ?? 0)
}

describe('the lockfile', () => {
  it('holds a checksum for every package, and no address but the registry', () => {
    expect(locked.length).toBeGreaterThan(100)
    const odd = locked.filter(
      ([, { integrity, resolved, link }]) =>
        link === true ||
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') ||
        (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')),
    )
    expect(odd.map(([path]) => path)).toEqual([])
  })

  it('and the manifest name the same versions, exactly', () => {
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies }
    const found = Object.keys(wanted).map((name) => [name, packages[`node_modules/${name}`]?.version])
    expect(Object.fromEntries(found)).toEqual(wanted)
  })

  it('lists every package that wants to run a script, with a decision', () => {
    const wanting = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => nameOf(path))
    expect(wanting.filter((name) => !Object.hasOwn(manifest.allowScripts, name))).toEqual([])
    const allowed = Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed)
    expect(allowed).toEqual([['better-sqlite3', true]])
  })

  it('brings no package that downloads more while older npm installs it', async () => {
    expect(await readFile(new URL('../../.npmrc', import.meta.url), 'utf8')).toMatch(
      /^onnxruntime-node-install=skip$/m,
    )
  })

  it('holds none of the packages that are not wanted', () => {
    expect(locked.map(([path]) => nameOf(path)).filter((name) => unwanted.includes(name))).toEqual([])
  })
})

it.each(floors)('%s is at least %s (%s)', (name, floor) => {
  const versions = locked.filter(([path]) => nameOf(path) === name).map(([, { version }]) => version ?? '')
  expect(versions.length).toBeGreaterThan(0)
  expect(versions.filter((version) => !isAtLeast(version, floor))).toEqual([])
})

it('versions are compared by number', () => {
  expect(isAtLeast('6.6.10', '6.6.9')).toBe(true)
  expect(isAtLeast('6.6.9', '6.6.10')).toBe(false)
  expect(isAtLeast('8.0.0', '8.0.0')).toBe(true)
  expect(isAtLeast('7.9.9', '8.0.0')).toBe(false)
})

interface Bom {
  readonly bomFormat: string
  readonly components: readonly {
    readonly name: string
    readonly version: string
    readonly licenses?: unknown[]
  }[]
}

it('the bill of materials names everything that runs, at its version, with a licence', async () => {
  const cwd = fileURLToPath(new URL('../../', import.meta.url))
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], { cwd, maxBuffer: 16e6 })
  const bom = JSON.parse(stdout) as Bom
  expect(bom.bomFormat).toBe('CycloneDX')
  const versions = new Map(bom.components.map(({ name, version }) => [name, version]))
  for (const [name, version] of Object.entries(manifest.dependencies))
    expect.soft(versions.get(name), name).toBe(version)
  const unlicensed = bom.components.filter(({ licenses = [] }) => licenses.length === 0)
  expect(unlicensed.map(({ name }) => name)).toEqual([])
})
