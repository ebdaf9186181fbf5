import graphlib, ast, tokenize, io, symtable, dis, keyword, textwrap, inspect
src = open(__file__).read()
t = ast.parse(src)
print(len(t.body) > 5, type(t.body[0]).__name__, ast.dump(ast.parse('f(*a, k=1)')), [x.type for x in tokenize.generate_tokens(io.StringIO('a = 1').readline)][:3])
class V(ast.NodeTransformer):
    def visit_Call(self, n): self.generic_visit(n); return ast.Constant(5) if getattr(n.func, 'id', '') == 'magic' else n
ns = {}
exec(compile(ast.fix_missing_locations(V().visit(ast.parse('x = magic(1) + len("ab")'))), 'gen', 'exec'), ns); print(ns['x'])
print([s.get_name() for s in symtable.symtable('def f(a): b = a', 's', 'exec').get_children()], list(graphlib.TopologicalSorter({'b': {'a'}}).static_order()))
def f(a): return a + 1
print([i.opname for i in dis.get_instructions(compile('x', 's', 'eval'))][-1])
tr = ast.parse(textwrap.dedent(inspect.getsource(f))); print(ast.unparse(tr))
print(dis.code_info(f).splitlines()[0], inspect.cleandoc(' a\n  b'))
