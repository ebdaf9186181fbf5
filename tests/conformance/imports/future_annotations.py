# A comment and then a docstring
"""Docstring."""
from __future__ import annotations
from __future__ import division, generator_stop
x: undefined_name = 1
def f(a: nope, b: also.nope = 2) -> list[never]: pass
class A:
    y: Missing[int]
print(__annotations__, f.__annotations__, A.__annotations__, __doc__)
print(annotations.compiler_flag == f.__code__.co_flags & annotations.compiler_flag)
exec('z: another_undefined = 3')
print(eval('(lambda: 0)').__code__.co_flags & annotations.compiler_flag != 0)
print(__annotations__)
def g():
    def inner(q: unknown): pass
    return inner.__annotations__
print(g())
print(compile('1', 's', 'eval').co_flags == compile('1', 's', 'eval', dont_inherit=True).co_flags)
