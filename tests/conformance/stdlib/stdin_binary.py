# stdin: a\x00b\xff\xfe\nend
import sys
d = sys.stdin.buffer.read()
print(d, len(d), sys.stdin.encoding)
