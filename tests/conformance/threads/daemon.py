import threading, time
ev = threading.Event()
def forever():
    ev.set()
    while True: time.sleep(0.01)
threading.Thread(target=forever, daemon=True).start()
ev.wait()
print('leaving')
