import sys
sys.stdout.buffer.write(bytes(range(256)))
sys.stdout.buffer.flush()
sys.stdout.write('text after é\n')
sys.stdout.reconfigure(newline='\r\n', encoding='latin-1')
print('crlf é')
sys.stderr.buffer.write(b'\xff\x00\n')
