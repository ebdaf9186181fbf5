class Machine:
    def __init__(self):
        self.state = "idle"
        self.log = {}
        self.table = {"idle": self.idle, "run": self.run, "stop": self.stop}

    def idle(self, event):
        return "run" if event > 3 else "idle"

    def run(self, event):
        return "stop" if event == 0 else "run"

    def stop(self, event):
        return "idle"

    def feed(self, event):
        self.state = self.table[self.state](event)
        self.log[self.state] = self.log.get(self.state, 0) + 1


machine = Machine()
for i in range(2_000_000):
    machine.feed(i * 7 % 11)
print(machine.log)
