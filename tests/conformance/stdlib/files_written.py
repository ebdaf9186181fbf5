# files: a.txt b.bin c.json d/e.txt f.db
import json, os, pathlib, shutil, dbm.dumb
with open('a.txt', 'w') as f:
    f.write('x\n'); print('y', file=f); f.writelines(['z\n'])
open('a.txt', 'a').write('appended\n')
with open('b.bin', 'wb') as f: f.write(bytes([0, 255])); f.seek(0); f.write(b'Q')
json.dump({'k': [1]}, open('c.json', 'w'))
pathlib.Path('d').mkdir(); (pathlib.Path('d') / 'e.txt').write_text('é', encoding='utf-8')
shutil.copy('a.txt', 'tmp'); os.rename('tmp', 'tmp2'); os.unlink('tmp2')
import sqlite3
c = sqlite3.connect('f.db'); c.execute('create table t(a)'); c.execute('insert into t values (1)'); c.commit(); c.close()
print(sorted(os.listdir('.')), open('a.txt').read(), os.stat('a.txt').st_size, oct(os.stat('a.txt').st_mode))
open('f.db', 'w').write('overwritten')
import gc
class W:
    def __del__(self): open('b.bin', 'ab').write(b'del')
w = W(); del w
f = open('a.txt', 'a'); f.write('unflushed until exit')
