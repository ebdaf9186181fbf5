class Code:
    def __str__(self): return 'code object'
class MyExit(SystemExit):
    @property
    def code(self): return Code()
raise MyExit(1)
