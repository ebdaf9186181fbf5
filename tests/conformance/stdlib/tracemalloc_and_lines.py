import tracemalloc
tracemalloc.start()
def f(): return [bytes(1000) for _ in range(5)]
x = f()
s = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, __file__)])
print([(st.traceback[0].lineno) for st in s.statistics('lineno') if st.size > 4000])
print([fr.lineno for fr in tracemalloc.get_object_traceback(x[0])][-1:])
tracemalloc.stop()
