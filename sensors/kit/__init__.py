"""The words kinds are written with: nouns, the condition language, simulator parts, the registry."""
