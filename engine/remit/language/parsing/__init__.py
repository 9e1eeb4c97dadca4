"""The parser's parts, each for one kind of phrase; :mod:`remit.language.parser` is the way in."""
