"""python -m forecast TABLE [--horizon N] [--model NAME] [-v]"""

import argparse
import json
import logging
import sys
import time
from pathlib import Path

import clew

from forecast.models import MODELS
from forecast.series import Series, read_series
from forecast.report import render

log = logging.getLogger("forecast")


def parse(argv=None):
    parser = argparse.ArgumentParser(prog="forecast", description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--horizon", type=int, default=2)
    parser.add_argument("--model", choices=sorted(MODELS), default="mean")
    parser.add_argument("--settings", type=Path, default=None)
    parser.add_argument("-v", "--verbose", action="store_true")
    return parser.parse_args(argv)


def settings_of(options):
    settings = {"window": 2}
    if options.settings is not None:
        settings.update(json.loads(options.settings.read_text()))
    return settings


def backtest(series: Series, model):
    errors = []
    for at in range(2, len(series)):
        made = model.fit(series.upto(at)).predict(1)
        errors.append(abs(made[0] - series.values[at]))
    return sum(errors) / len(errors) if errors else 0.0


def main(argv=None):
    options = parse(argv)
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.WARNING)
    began = time.perf_counter()
    settings = settings_of(options)
    forecasts = {}
    for series in read_series(options.table):
        log.debug("fitting %s", series.name)
        model = MODELS[options.model](**settings)
        forecasts[series.name] = model.fit(series).predict(options.horizon)
    worst = max(backtest(series, MODELS["last"]()) for series in read_series(options.table))
    log.info("worst error of the last value: %.2f", worst)
    print(render(forecasts))
    clew.save(forecasts, "forecasts")
    print(f"{len(forecasts)} series", file=sys.stderr)
    log.debug("took %.3f s", time.perf_counter() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main())
