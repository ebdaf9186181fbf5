# coding comment? no
x = [ # open
  1, # one
  # between
  2  # two
] # close



def f( # args
  a, # a
): # body follows
  # first in body

  return a # ret
# dedent comment
if x: # if
  pass # pass
# before else
else: # else
  pass
print(f(x), f.__code__.co_firstlineno, # inside call
)
( # wrap
f # name
( # call
1 # arg
) # end
[ # sub
0 # idx
] # end sub
)
