"""Looks through a web server's log: traffic, errors, and visitors that come too often."""

import random
import re
import sys
from collections import Counter, namedtuple
from datetime import datetime, timedelta
from pathlib import Path

import clew

LINE = re.compile(
    r'(?P<host>\S+) \[(?P<time>[^\]]+)\] "(?P<method>\S+) (?P<path>\S+)" (?P<status>\d+) (?P<size>\d+)'
)
Request = namedtuple("Request", "host time method path status size")
FORMAT = "%d/%b/%Y:%H:%M:%S"


class BadLine(ValueError):
    def __init__(self, number, text):
        super().__init__(f"line {number}: {text[:20]!r}")
        self.number = number


def write_log(path, lines=300):
    random.seed(11)
    hosts = [f"10.0.0.{n}" for n in range(1, 9)]
    paths = ["/", "/about", "/shop", "/shop/cart", "/admin", "/img/logo.png"]
    when = datetime(2024, 3, 1, 8, 0, 0)
    with open(path, "w") as file:
        for number in range(lines):
            when += timedelta(seconds=random.randint(1, 90))
            if number % 97 == 50:
                print("-- log rotated --", file=file)
                continue
            host = random.choices(hosts, weights=[9, 5, 3, 2, 1, 1, 1, 1])[0]
            target = random.choice(paths)
            status = 403 if target == "/admin" else random.choice([200, 200, 200, 404, 500])
            size = random.randint(200, 9000)
            print(f'{host} [{when.strftime(FORMAT)}] "GET {target}" {status} {size}', file=file)


def parse_line(number, text):
    match = LINE.match(text)
    if match is None:
        raise BadLine(number, text)
    fields = match.groupdict()
    return Request(
        fields["host"],
        datetime.strptime(fields["time"], FORMAT),
        fields["method"],
        fields["path"],
        int(fields["status"]),
        int(fields["size"]),
    )


def requests(path, bad):
    with open(path) as file:
        for number, text in enumerate(file, start=1):
            try:
                yield parse_line(number, text)
            except BadLine as error:
                print(f"skipped {error}", file=sys.stderr)
                bad.append(error.number)


def pages_only(stream):
    for request in stream:
        if not request.path.startswith("/img/"):
            yield request


def traffic_by_hour(entries):
    hours = Counter()
    for entry in entries:
        hours[entry.time.hour] += entry.size
    return hours


def errors_by_path(entries):
    counted = Counter()
    for entry in entries:
        if entry.status >= 400:
            counted[entry.path, entry.status] += 1
    return counted


def make_detector(limit, window):
    """Tells of a host when it comes oftener than `limit` times within `window` seconds."""
    recent = {}
    flagged = []

    def see(entry):
        times = recent.setdefault(entry.host, [])
        times.append(entry.time)
        while (entry.time - times[0]).total_seconds() > window:
            times.pop(0)
        if len(times) > limit and entry.host not in flagged:
            flagged.append(entry.host)

    return see, flagged


def histogram(counter, width=40):
    if not counter:
        return "(nothing)"
    peak = max(counter.values())
    rows = []
    for key in sorted(counter):
        stars = "*" * max(1, counter[key] * width // peak)
        rows.append(f"{key!s:>24} {stars}")
    return "\n".join(rows)


def summary(entries):
    if len(entries) == 0:
        return "no requests"
    first, last = entries[0].time, entries[-1].time
    span = last - first
    rate = len(entries) / (span.total_seconds() / 60)
    return f"{len(entries)} requests in {span} ({rate:.2f} a minute)"


def main(arguments):
    path = Path(arguments[0] if arguments else "access.log")
    if not path.exists():
        write_log(path)
    bad = []
    entries = list(pages_only(requests(path, bad)))
    print(summary(entries))
    print(f"{len(bad)} lines could not be read")

    hours = traffic_by_hour(entries)
    print(histogram(hours))
    busiest, size = hours.most_common(1)[0]
    print(f"busiest at {busiest}: {size / 1000:.1f} kB")
    clew.save(busiest, "busiest_hour")

    errors = errors_by_path(entries)
    print(histogram(errors))
    worst = [f"{where} {status}: {count}" for (where, status), count in errors.most_common(3)]
    clew.save(worst, "worst_errors")

    see, flagged = make_detector(limit=8, window=900)
    for entry in entries:
        see(entry)
    if flagged:
        print("too often:", ", ".join(sorted(flagged)))
    clew.save(sorted(flagged), "flagged_hosts")

    Path("summary.txt").write_text(summary(entries) + "\n" + histogram(hours) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
