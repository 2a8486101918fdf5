/** Svelte attachment: hides the children that do not fit into their box and tells how many. A wall has no scroll bars. */
export function fit(told: (hidden: number) => void) {
  return (box: HTMLElement) => {
    let last = -1
    const measure = () => {
      const bottom = box.getBoundingClientRect().bottom + 1
      let hidden = 0
      for (const child of box.children as HTMLCollectionOf<HTMLElement>) {
        const out = child.getBoundingClientRect().bottom > bottom
        child.style.visibility = out ? 'hidden' : ''
        hidden += Number(out)
      }
      if (hidden !== last) told((last = hidden))
    }
    const sized = new ResizeObserver(measure)
    const changed = new MutationObserver(measure)
    sized.observe(box)
    changed.observe(box, { childList: true, subtree: true, characterData: true })
    measure()
    return () => {
      sized.disconnect()
      changed.disconnect()
    }
  }
}
