"""A page as it is drawn → what does not fit: text outside its box or shortened, broken words, targets too small to touch."""

from __future__ import annotations

# Where a long name may end in an ellipsis on the wall; its full text is one click away. Names of systems and chips never do.
MAY_SHORTEN = (".al", ".tk", ".ind .l", "figcaption", ".banner p")

_TEXT = """mayShorten => {
  const found = []
  const hidden = el => {
    for (let a = el; a; a = a.parentElement) {
      const s = getComputedStyle(a)
      if (s.visibility === 'hidden' || s.clipPath !== 'none' || s.opacity === '0') return true
    }
    return false
  }
  const drawn = s => s.backgroundColor !== 'rgba(0, 0, 0, 0)' || s.borderTopWidth !== '0px' || s.boxShadow !== 'none'
  for (const el of document.body.querySelectorAll('*')) {
    if (el.closest('svg, noscript, script, .skip') || !el.checkVisibility()) continue
    const texts = [...el.childNodes].filter(node => node.nodeType === 3 && node.data.trim())
    if (!texts.length || hidden(el)) continue
    const range = document.createRange()
    for (const text of texts) {
      for (const word of text.data.matchAll(/[A-Za-z]{4,20}/g)) {
        range.setStart(text, word.index)
        range.setEnd(text, word.index + word[0].length)
        if (new Set([...range.getClientRects()].map(rect => Math.round(rect.top))).size > 1) found.push(`broken: “${word[0]}”`)
      }
      range.selectNodeContents(text)
      for (const rect of range.getClientRects()) {
        if (rect.width < 0.5) continue
        const slack = 0.25 * parseFloat(getComputedStyle(el).fontSize)
        let what = rect.right > innerWidth + 1 || rect.left < -1 ? 'beyond the screen' : ''
        for (let a = el; a && a !== document.body && !what; a = a.parentElement) {
          const [s, box] = [getComputedStyle(a), a.getBoundingClientRect()]
          if (s.display === 'inline') continue
          const wide = rect.right > box.right + 1.5 || rect.left < box.left - 1.5
          const high = rect.bottom > box.bottom + slack + 1 || rect.top < box.top - slack - 1
          const short = s.textOverflow === 'ellipsis' || s.webkitLineClamp !== 'none'
          if (wide && s.overflowX === 'hidden' || high && s.overflowY === 'hidden') what = short ? 'shortened' : 'cut'
          else if ((wide || high) && drawn(s) && s.overflowX === 'visible') what = 'outside its box'
          if (s.position === 'fixed') break
        }
        if (what === 'shortened' && mayShorten && el.closest(mayShorten)) continue
        if (what) found.push(`${what}: ${el.tagName.toLowerCase()}.${el.className} “${text.data.trim().slice(0, 60)}”`)
      }
    }
  }
  const { scrollWidth } = document.documentElement
  if (scrollWidth > innerWidth) found.push(`wider than the screen: ${scrollWidth}`)
  return [...new Set(found)]
}"""

_TARGETS = """least => {
  const found = []
  for (const el of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    const box = (el.matches('.sr') ? el.closest('label') : el).getBoundingClientRect()
    if (!box.width || el.matches('.skip') || !el.checkVisibility()) continue
    if (getComputedStyle(el).display === 'inline' && el.closest('p')) continue
    const [width, height] = [Math.round(box.width), Math.round(box.height)]
    const name = (el.innerText || el.name).slice(0, 40)
    if (Math.min(width, height) < least) found.push(`${el.tagName} “${name}” ${width}×${height}`)
  }
  return found
}"""


def misfits(page, may_shorten=()):
    """Text that is not where it belongs. Within the selectors `may_shorten` an ellipsis is no complaint."""
    page.evaluate("document.fonts.ready.then(() => undefined)")
    return page.evaluate(_TEXT, ", ".join(may_shorten))


def small_targets(page, least=44):
    """Buttons, links and fields that a thumb would miss (px; links within a paragraph are exempt, WCAG 2.5.8)."""
    return page.evaluate(_TARGETS, least)
