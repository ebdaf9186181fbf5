from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @property
    @abstractmethod
    def name(self): ...
try:
    Shape()
except TypeError as e:
    print(e)
class Sq(Shape):
    name = 'sq'
    def area(self): return 4
print(Sq().area(), isinstance(Sq(), Shape))
class V(ABC):
    @classmethod
    def __subclasshook__(cls, c): print('hook', c.__name__); return hasattr(c, 'quack') or NotImplemented
class Duck:
    def quack(self): pass
print(isinstance(Duck(), V), issubclass(int, V))
try:
    class X(int, str): pass
except TypeError as e:
    print(e)
try:
    class Y(Sq, Shape, object): pass
    class Z(Shape, Sq): pass
except TypeError as e:
    print(str(e).split('\n')[0])
class M1(type): pass
class M2(type): pass
class A1(metaclass=M1): pass
class A2(metaclass=M2): pass
try:
    class A3(A1, A2): pass
except TypeError as e:
    print(e)
class G:
    def __class_getitem__(cls, k): return (cls.__name__, k)
    def __mro_entries__(self, b): return (dict,)
print(G[int, 'x'])
class FromInst(G()): pass
print(FromInst.__mro__[1], FromInst.__orig_bases__[0].__class__.__name__)
class Call:
    def __new__(cls, *a): return 5
print(Call())
class Sing:
    _i = None
    def __new__(cls):
        if cls._i is None: cls._i = super().__new__(cls)
        return cls._i
print(Sing() is Sing())
class S(str):
    def __new__(cls, v): return super().__new__(cls, v * 2)
print(S('ab'), S('x').upper(), type(S('x') + 'y').__name__)
print(list(map(lambda c: c.__name__, type('Dyn', (Sq, G), {'z': 1}).__mro__)))
o = Sq(); o.__class__ = type('Other', (Shape,), {'area': lambda s: 'other', 'name': 1}); print(o.area())
