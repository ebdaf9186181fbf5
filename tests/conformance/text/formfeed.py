x = 1

def f():
    y = 2
    return y
print(f())
  
class A:
    z = 1

print(A.z)
[][1]
