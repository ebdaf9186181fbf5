def boom(): raise ValueError('in f')
try:
    f"{1} {boom()}"
except ValueError as e:
    print(e.__traceback__.tb_lineno, e.__traceback__.tb_next.tb_lineno)
x = 1
print(f"""
{x}
    {x
     + 1} {
   boom()
}
""")
