from remit.language.checker import check
from remit.language.parser import parse_expression
from remit.language.source import Source
from remit.language.types import *
from remit.errors import ExpressionError
S={"xs":list_of(NUMBER),"n":INTEGER,"price":money("EUR"),"tier":choice(("silver","gold")),"prices":list_of(money("EUR")),"f":function_of([("x",NUMBER)],NUMBER),"c":context_of([("a",NUMBER),("b",TEXT)]),"tiers":list_of(choice(("silver","gold")))}
import sys
for line in sys.stdin.read().splitlines():
    if not line: continue
    src=Source(line)
    try: node=parse_expression(src, list(S))
    except ExpressionError as e: print(line,'!!',e); continue
    t,p=check(node,src,S)
    print(line,'::',t.type,*[f'\n   {x.code}: {x.message} | {x.hint}' for x in p])
