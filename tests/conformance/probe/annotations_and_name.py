class A:
    x: int = 1
print(A.__annotations__, __name__)
if __name__ == '__main__':
    print('guarded')
