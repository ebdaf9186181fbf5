import threading, time
def late():
    time.sleep(0.1)
    print('late', '__file__' in globals())
threading.Thread(target=late).start()
raise ValueError('main fails first')
