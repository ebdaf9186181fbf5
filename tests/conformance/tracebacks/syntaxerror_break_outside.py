print('must not run')
for i in []: pass
break
