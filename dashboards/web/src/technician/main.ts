import '../lib/theme.css'
import './technician.css'
import { mount } from 'svelte'
import { readBoot } from '../lib/api.ts'
import { setServerTime, startClock } from '../lib/clock.svelte.ts'
import { firstLang, speak } from '../lib/i18n.svelte.ts'
import { seconds } from '../lib/time.ts'
import App from './App.svelte'

const boot = readBoot()
const dark = matchMedia('(prefers-color-scheme: dark)')
const dress = () => (document.documentElement.dataset.theme = dark.matches ? 'night' : 'day')
dress()
dark.addEventListener('change', dress)
speak(firstLang(boot.lang))
setServerTime(seconds(boot.now))
startClock()
mount(App, { target: document.getElementById('app')!, props: { boot } })
