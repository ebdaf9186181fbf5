# stdin: x\ny\n
import fileinput
for l in fileinput.input(()): print(fileinput.lineno(), fileinput.isstdin(), l.upper(), end='')
