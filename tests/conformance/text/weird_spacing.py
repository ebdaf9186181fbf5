x=[1,2,3];y  =  x [ 0 ];print ( x [ 1: ] , y )
def   f ( a , * b , c = 1 , ** d ) : return a
print(f (1) , f ( * [ 1 ] , ** { } ))
class A ( object ) : pass
A . x = 1 ; print( A . x , 1if 1else 2, 1 .real, 1..real)
if(1):print("one")
while(0):pass
print(not(1),[*(1,),],{**{}},(lambda:1)(),-(-1),x[-1:][0])
return_=1;print(return_)
for(i)in(x):print(i,end="")
print()
x . append ( 4 ) ; x [ 0 ] = f ( 9 ) ; del x [ 1 ] ; print ( x ) ; x [ 9 ] . y
