print('start')
def load():
    import _syntaxbad
load()
