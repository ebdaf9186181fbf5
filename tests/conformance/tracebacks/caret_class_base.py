def base(*a): raise TypeError('no base')
class A(object,
        metaclass=base(1)):
    pass
