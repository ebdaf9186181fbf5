"""Readings of sensors: fills gaps, marks outliers, groups the sensors, predicts the next day."""

import json
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression

import clew

logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(name)s %(message)s")
logger = logging.getLogger("sensors")


@dataclass
class Config:
    sensors: int = 6
    days: int = 10
    seed: int = 21
    limit: float = 3.0
    groups: int = 2
    folder: Path = field(default_factory=lambda: Path("sensor_data"))

    @classmethod
    def from_file(cls, path):
        if not path.exists():
            return cls()
        return cls(**json.loads(path.read_text()))


class Pipeline:
    def __init__(self, config):
        self.config = config
        self.raw = None
        self.readings = None
        self.outliers = {}
        self.messages = []

    def tell(self, message, *values):
        text = message.format(*values)
        self.messages.append(text)
        logger.info(text)

    def generate(self):
        rng = np.random.default_rng(self.config.seed)
        hours = np.arange(self.config.days * 24)
        columns = {}
        for number in range(self.config.sensors):
            base = 15 if number % 2 else 22
            wave = base + 4 * np.sin(hours / 24 * 2 * np.pi) + 0.01 * number * hours
            wave = wave + rng.normal(scale=0.5, size=hours.size)
            wave[rng.integers(0, hours.size, size=5)] = np.nan
            wave[rng.integers(0, hours.size, size=2)] += 25
            columns[f"s{number}"] = wave
        index = pd.date_range("2024-05-01", periods=hours.size, freq="h", name="time")
        pd.DataFrame(columns, index=index).to_csv(self.path("raw.csv"))

    def path(self, name):
        self.config.folder.mkdir(exist_ok=True)
        return self.config.folder / name

    def load(self):
        self.raw = pd.read_csv(self.path("raw.csv"), index_col="time", parse_dates=True)
        self.tell("{} rows of {} sensors", *self.raw.shape)

    def fill_gaps(self):
        gaps = int(self.raw.isna().sum().sum())
        self.readings = self.raw.interpolate(limit_direction="both")
        self.tell("{} gaps filled", gaps)

    def clip_outliers(self):
        for name in self.readings.columns:
            column = self.readings[name]
            middle, spread = column.median(), column.std()
            far = (column - middle).abs() > self.config.limit * spread
            self.outliers[name] = int(far.sum())
            self.readings.loc[far, name] = middle

    def daily(self):
        return self.readings.resample("D").mean()

    def group(self):
        profile = self.readings.groupby(self.readings.index.hour).mean().T
        model = KMeans(n_clusters=self.config.groups, n_init=5, random_state=0)
        labels = model.fit_predict(profile.to_numpy())
        groups = {}
        for name, label in zip(profile.index, labels):
            groups.setdefault(int(label), []).append(name)
        return sorted(groups.values())

    def predict(self, name):
        daily = self.daily()[name]
        X = np.arange(len(daily)).reshape(-1, 1)
        model = LinearRegression().fit(X, daily.to_numpy())
        tomorrow = model.predict([[len(daily)]])
        return round(float(tomorrow[0]), 3)

    def coldest_hour(self):
        by_hour = self.readings.mean(axis=1).groupby(self.readings.index.hour).mean()
        return int(by_hour.idxmin())

    def report(self):
        print(self.readings.describe().round(1).to_string())
        print(self.daily().round(1).tail(3).to_string())
        corr = self.readings.corr()
        print("strongest correlation:", round(corr.where(corr < 0.999).max().max(), 2))

    def finish(self):
        self.readings.round(3).to_csv(self.path("clean.csv"))
        self.path("messages.txt").write_text("\n".join(self.messages))

    def run(self):
        self.load()
        missing = self.raw.isna().sum().to_dict()
        clew.save(missing, "gaps")
        self.fill_gaps()
        self.clip_outliers()
        for name, count in self.outliers.items():
            print(f"{name}: {count} outliers")
        self.report()
        groups = self.group()
        print("groups:", groups)
        clew.save(groups, "sensor_groups")
        print("coldest at", self.coldest_hour())
        prediction = self.predict("s1")
        print(f"s1 tomorrow: {prediction}")
        clew.save(prediction, "prediction")
        self.finish()


def main():
    config = Config.from_file(Path("config.json"))
    pipeline = Pipeline(config)
    try:
        pipeline.generate()
        pipeline.run()
    except (OSError, KeyError) as error:
        logger.error("failed: %s", error)
        return 1
    finally:
        logger.info("%d messages", len(pipeline.messages))
    return 0


if __name__ == "__main__":
    sys.exit(main())
