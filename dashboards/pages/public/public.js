// Fetches what changes every 30 s and says a new headline aloud; after five minutes without an answer it says that updates stopped.
'use strict'
;(() => {
  const live = document.getElementById('live')
  const said = document.getElementById('said')
  const icon = document.getElementById('icon')
  const EVERY = 30000
  const SILENT = 300000
  let heard = Date.now()
  let text = live.innerHTML.trim()
  let headline = live.firstElementChild.dataset.said

  const show = html => {
    const focused = document.activeElement?.closest('#live a')?.getAttribute('href')
    live.innerHTML = text = html
    const inner = live.firstElementChild
    document.title = inner.dataset.title
    icon.href = inner.dataset.icon
    if (focused) [...live.querySelectorAll('a')].find(a => a.getAttribute('href') === focused)?.focus({ preventScroll: true })
    if (headline !== inner.dataset.said) said.textContent = headline = inner.dataset.said
  }

  const stopped = () => {
    const now = live.querySelector('.now')
    if (now.classList.contains('s-grey')) return
    now.className = 'now s-grey'
    now.querySelector('h1 use').setAttribute('href', '#grey')
    now.querySelector('h1 span').textContent = document.title = said.textContent = headline = live.dataset.stopped
    text = ''
  }

  const look = async () => {
    try {
      const answer = await fetch(live.dataset.address, { cache: 'no-store', signal: AbortSignal.timeout(20000) })
      if (!answer.ok) throw new Error(String(answer.status))
      const html = (await answer.text()).trim()
      heard = Date.now()
      if (html !== text) show(html)
    } catch {
      if (Date.now() - heard > SILENT) stopped()
    }
  }

  setInterval(look, EVERY)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && Date.now() - heard > EVERY && look())
})()
