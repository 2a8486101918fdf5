/** src/{wall,technician,review}/main.ts → ../static with a manifest that the server reads, and the licences of what was bundled. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** The folder of the package that a bundled module belongs to; null for our own files. */
function home(id: string): string | null {
  if (!id.includes('node_modules') || id.startsWith('\0')) return null
  let folder = dirname(id.split('?')[0]!)
  while (!(existsSync(join(folder, 'package.json')) && JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version)) folder = dirname(folder)
  return folder
}

/** Emits LICENSES.txt: name, version and licence text of each package of which code was bundled. */
function licences(): Plugin {
  return {
    name: 'atrium-licences',
    apply: 'build',
    generateBundle() {
      const folders = new Set([...this.getModuleIds()].map(home).filter(folder => folder !== null))
      const texts = [...folders].sort().map(folder => {
        const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
        const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry))
        return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : 'No licence text in the package.'}\n`
      })
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join(`\n${'-'.repeat(72)}\n\n`) })
    },
  }
}

export default defineConfig({
  base: '/static/',
  publicDir: false,
  plugins: [svelte(), licences()],
  build: {
    outDir: resolve(import.meta.dirname, '../static'),
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: { input: { wall: 'src/wall/main.ts', technician: 'src/technician/main.ts', review: 'src/review/main.ts' } },
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
