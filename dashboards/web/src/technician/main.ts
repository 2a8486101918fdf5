import "../lib/theme.css"
