/** A made-up site for `vite dev` and screenshots without a server. Not shipped. */
import type { Plugin } from 'vite'

export function mock(): Plugin {
  return {
    name: 'atrium-mock',
    apply: 'serve',
    async configureServer(server) {
      const { serve } = (await server.ssrLoadModule('/mock/site.ts')) as { serve: (url: URL, request: unknown, response: unknown) => boolean }
      server.middlewares.use((request, response, next) => {
        if (!serve(new URL(request.url ?? '/', 'http://mock'), request, response)) next()
      })
    },
  }
}
