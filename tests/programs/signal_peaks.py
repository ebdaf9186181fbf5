"""Finds the frequencies in a noisy recording, and where it is loud."""

import os
import sys
import tempfile
import warnings
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import clew

RATE = 500


class Recording:
    """Samples of a file, which are read when somebody wants them."""

    def __init__(self, path):
        self.path = path
        self._samples = None
        self.loads = 0

    @property
    def samples(self):
        if self._samples is None:
            self._samples = np.load(self.path)
            self.loads += 1
        return self._samples

    @property
    def duration(self):
        return len(self.samples) / RATE

    def part(self, start, end):
        return self.samples[int(start * RATE) : int(end * RATE)]


@dataclass
class Peak:
    frequency: float
    height: float

    def __str__(self):
        return f"{self.frequency:.1f} Hz ({self.height:.2f})"


def synthesize(path, seconds=4):
    np.random.seed(8)
    t = np.arange(seconds * RATE) / RATE
    wave = np.sin(2 * np.pi * 12 * t) + 0.6 * np.sin(2 * np.pi * 40 * t)
    wave[t > seconds / 2] *= 1.8
    wave += np.random.normal(scale=0.3, size=t.size)
    np.save(path, wave)


def remove_drift(samples):
    """In place, as recordings may be long."""
    samples -= samples.mean()
    trend = np.linspace(samples[:50].mean(), samples[-50:].mean(), len(samples))
    samples -= trend * 0.1


def spectrum(samples):
    window = np.hanning(len(samples))
    amplitudes = np.abs(np.fft.rfft(samples * window)) / len(samples)
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    return frequencies, amplitudes


def find_peaks(frequencies, amplitudes, share=0.4):
    threshold = amplitudes.max() * share
    peaks = []
    for i in range(1, len(amplitudes) - 1):
        left, here, right = amplitudes[i - 1 : i + 2]
        if here < threshold:
            continue
        if here > left and here > right:
            peaks.append(Peak(float(frequencies[i]), float(here)))
    return peaks


def loudness(samples, size=250):
    count = len(samples) // size
    blocks = samples[: count * size].reshape(count, size)
    return np.sqrt((blocks**2).mean(axis=1))


def loud_stretches(levels, limit):
    stretches, start = [], None
    for number, level in enumerate(levels):
        if level > limit and start is None:
            start = number
        elif level <= limit and start is not None:
            stretches.append((start, number))
            start = None
    if start is not None:
        stretches.append((start, len(levels)))
    return stretches


def plot(recording, frequencies, amplitudes, folder):
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(6, 5))
    top.plot(np.arange(len(recording.samples)) / RATE, recording.samples, lw=0.5)
    top.set_title("recording")
    bottom.plot(frequencies, amplitudes)
    bottom.set_xlim(0, 80)
    figure.tight_layout()
    figure.savefig(os.path.join(folder, "spectrum.png"))
    plt.close(figure)


def show_levels(levels):
    for number, level in enumerate(levels):
        print(f"{number:>3} {'=' * int(level * 20)}")


def main():
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wave.npy")
        synthesize(path)
        recording = Recording(path)
        print(f"{recording.duration:.1f} s at {RATE} Hz", file=sys.stderr)

        quiet = float(np.abs(recording.part(0, 1)).max())
        print(f"peak of the first second: {quiet:.3f}")
        clew.save(round(quiet, 6), "first_second_peak")

        remove_drift(recording.samples)
        frequencies, amplitudes = spectrum(recording.samples)
        peaks = find_peaks(frequencies, amplitudes)
        for peak in peaks:
            print("peak:", peak)
        found = [round(peak.frequency, 2) for peak in peaks]
        clew.save(found, "frequencies")

        levels = loudness(recording.samples)
        show_levels(levels)
        stretches = loud_stretches(levels, limit=float(np.median(levels)))
        print("loud:", stretches)
        clew.save(stretches, "loud_stretches")

        plot(recording, frequencies, amplitudes, folder)
        print(f"loaded {recording.loads} time(s), files: {len(os.listdir(folder))}")


if __name__ == "__main__":
    main()
