// Fetches the page anew every 30 s and shows what has changed in it. Without scripts the browser reloads the whole page.
'use strict'
;(() => {
  const main = document.getElementById('main')
  const icon = document.getElementById('icon')
  const EVERY = 30000
  let text = main.innerHTML

  const show = next => {
    const html = next.getElementById('main').innerHTML
    if (html === text) return
    const focused = main.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null
    main.innerHTML = text = html
    document.title = next.title
    icon.href = next.getElementById('icon').href
    if (focused) [...main.querySelectorAll('a')].find(a => a.getAttribute('href') === focused)?.focus({ preventScroll: true })
  }

  setInterval(async () => {
    try {
      const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(20000) })
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    } catch {
      // What stands there keeps its own time; the next look may succeed.
    }
  }, EVERY)
})()
