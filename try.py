import sys
from remit import feel
from remit.language.text import literal

for line in sys.stdin.read().splitlines():
    line = line.strip()
    if not line:
        continue
    e, _, w = line.partition(" ==> ")
    try:
        g = literal(feel.evaluate(e.encode().decode("utf-8"), {}))
    except Exception as x:
        g = "!!" + str(x).splitlines()[0][:150]
    print("ok " if g == w else "BAD" if w else "   ", e, "=>", g, "" if g == w else "   want " + w)
