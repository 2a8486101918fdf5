import '../lib/theme.css'
import './wall.css'
import { mount } from 'svelte'
import { readBoot } from '../lib/api.ts'
import { startClock } from '../lib/clock.svelte.ts'
import { firstLang, speak } from '../lib/i18n.svelte.ts'
import App from './App.svelte'

const boot = readBoot()
speak(firstLang(boot.lang))
startClock()
const wanted = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem('theme')
document.documentElement.dataset.theme = wanted === 'day' ? 'day' : 'night'
mount(App, { target: document.getElementById('app')!, props: { boot } })
