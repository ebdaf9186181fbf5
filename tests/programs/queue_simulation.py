"""Simulates a bank's counters: customers come, wait, and are served."""

import argparse
import heapq
import itertools
import logging
import random
import statistics
import sys
from dataclasses import dataclass, field
from functools import partial

import clew

log = logging.getLogger("queue")


@dataclass(order=True)
class Event:
    time: float
    number: int
    action: object = field(compare=False)


@dataclass
class Customer:
    name: str
    arrived: float
    served: float | None = None
    left: float | None = None

    @property
    def waited(self):
        if self.served is None:
            return None
        return self.served - self.arrived


class Clock:
    def __init__(self):
        self.now = 0.0
        self.events = []
        self.numbers = itertools.count()

    def after(self, delay, action):
        heapq.heappush(self.events, Event(self.now + delay, next(self.numbers), action))

    def run(self, until):
        handled = 0
        while self.events:
            event = heapq.heappop(self.events)
            if event.time > until:
                break
            self.now = event.time
            event.action()
            handled += 1
        return handled


class Bank:
    def __init__(self, clock, counters, rng):
        self.clock = clock
        self.rng = rng
        self.free = counters
        self.waiting = []
        self.customers = []
        self.longest_line = 0

    def arrive(self):
        customer = Customer(f"c{len(self.customers)}", self.clock.now)
        self.customers.append(customer)
        self.waiting.append(customer)
        self.longest_line = max(self.longest_line, len(self.waiting))
        log.debug("%s comes at %.1f", customer.name, self.clock.now)
        self.clock.after(self.rng.expovariate(1 / 3), self.arrive)
        self.serve()

    def serve(self):
        if not self.free or not self.waiting:
            return
        self.free -= 1
        customer = self.waiting.pop(0)
        customer.served = self.clock.now
        self.clock.after(self.rng.uniform(2, 9), partial(self.finish, customer))

    def finish(self, customer):
        customer.left = self.clock.now
        self.free += 1
        log.debug("%s leaves at %.1f", customer.name, self.clock.now)
        self.serve()


def simulate(counters, minutes, seed):
    rng = random.Random(seed)
    clock = Clock()
    bank = Bank(clock, counters, rng)
    clock.after(0.0, bank.arrive)
    handled = clock.run(minutes)
    log.info("%d counters: %d events", counters, handled)
    return bank


def waiting_times(bank):
    return [customer.waited for customer in bank.customers if customer.waited is not None]


def print_line(counters, waits, longest):
    mean = statistics.fmean(waits)
    high = max(waits)
    print(f"{counters:>8}{len(waits):>8}{mean:>8.2f}{high:>8.2f}{longest:>8}")


def print_histogram(waits, step=2.0):
    bins = {}
    for wait in waits:
        bins[int(wait // step)] = bins.get(int(wait // step), 0) + 1
    for number in sorted(bins):
        print(f"{number * step:>5.1f} {'|' * bins[number]}")


def counters_needed(means, limit):
    for counters, mean in sorted(means.items()):
        if mean <= limit:
            return counters
    return None


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-m", "--minutes", type=float, default=240)
    parser.add_argument("-s", "--seed", type=int, default=5)
    parser.add_argument("--limit", type=float, default=2.0, help="how long people wait")
    parser.add_argument("--log", default="INFO")
    options = parser.parse_args(argv)
    logging.basicConfig(level=options.log, stream=sys.stdout, format="[%(levelname)s] %(message)s")
    if options.minutes <= 0:
        parser.error("there has to be some time")

    print(f"{'counters':>8}{'served':>8}{'mean':>8}{'max':>8}{'line':>8}")
    means = {}
    for counters in range(1, 5):
        bank = simulate(counters, options.minutes, options.seed)
        waits = waiting_times(bank)
        print_line(counters, waits, bank.longest_line)
        means[counters] = statistics.fmean(waits)
    needed = counters_needed(means, options.limit)
    print(f"needed: {needed}")
    clew.save(needed, "counters_needed")

    bank = simulate(2, options.minutes / 2, options.seed + 1)
    half_day = waiting_times(bank)
    print_histogram(half_day)
    clew.save(round(statistics.median(half_day), 4), "median_half_day")
    clew.save(bank.longest_line, "longest_line")
    print("left:", sum(1 for customer in bank.customers if customer.left is not None))


if __name__ == "__main__":
    main()
