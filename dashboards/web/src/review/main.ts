import '../lib/theme.css'
import './review.css'
import { mount } from 'svelte'
import { readBoot } from '../lib/api.ts'
import { firstLang, speak } from '../lib/i18n.svelte.ts'
import App from './App.svelte'

const boot = readBoot()
const wanted = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem('theme')
document.documentElement.dataset.theme = wanted === 'day' ? 'day' : 'night'
speak(firstLang(boot.lang))
mount(App, { target: document.getElementById('app')!, props: { boot } })
