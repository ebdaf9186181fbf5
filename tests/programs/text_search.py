"""A small search engine over text files: an index, ranked answers, and what words go together."""

import functools
import json
import math
import string
import sys
from collections import Counter, defaultdict
from pathlib import Path

import clew

TEXTS = {
    "sea": "The sea was calm and the old ship sailed on the calm sea towards the harbour.",
    "city": "The city never sleeps. Trains and ships bring people to the harbour of the city.",
    "farm": "On the farm the old farmer feeds the horses before the sun is up.",
    "train": "A train left the city at noon; the farmer on it carried a basket of apples.",
    "storm": "A storm came over the sea, and the ship turned back to the harbour.",
    "empty": "",
}
STOP_WORDS = frozenset("the a an and or of on at to it is was up over".split())


class EmptyDocument(Exception):
    pass


def announce(function):
    """Says on standard error what is done."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        print(f"> {function.__name__}", file=sys.stderr)
        return function(*args, **kwargs)

    return wrapper


def write_texts(folder):
    folder.mkdir(exist_ok=True)
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text)


def words_of(text):
    table = str.maketrans("", "", string.punctuation)
    words = text.translate(table).lower().split()
    return [stem(word) for word in words if word not in STOP_WORDS]


def stem(word):
    for ending in ("ing", "ed", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)]
    return word


def read_document(path):
    words = words_of(path.read_text())
    if not words:
        raise EmptyDocument(path.name)
    return Counter(words)


class Index:
    def __init__(self):
        self.documents = {}
        self.postings = defaultdict(set)
        self.skipped = []
        self.queries = 0

    def add(self, path):
        counts = read_document(path)
        self.documents[path.stem] = counts
        for word in counts:
            self.postings[word].add(path.stem)

    def add_folder(self, folder):
        for path in sorted(folder.glob("*.txt")):
            try:
                self.add(path)
            except EmptyDocument as error:
                self.skipped.append(str(error))

    def weight(self, word):
        holders = len(self.postings.get(word, ()))
        if holders == 0:
            return 0.0
        return math.log(1 + len(self.documents) / holders)

    def score(self, name, words):
        counts = self.documents[name]
        length = math.sqrt(sum(count**2 for count in counts.values()))
        return sum(counts[word] * self.weight(word) for word in words) / length

    def search(self, query, limit=3):
        self.queries += 1
        words = words_of(query)
        names = set().union(*(self.postings.get(word, set()) for word in words))
        if not names:
            return []
        scored = [(round(self.score(name, words), 4), name) for name in names]
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        return scored[:limit]


def pairs_of_words(index):
    pairs = Counter()
    for counts in index.documents.values():
        ordered = sorted(counts)
        for place, first in enumerate(ordered):
            for second in ordered[place + 1 :]:
                pairs[first, second] += 1
    return pairs


@announce
def build_index(folder):
    index = Index()
    index.add_folder(folder)
    return index


@announce
def write_index(index, path):
    content = {word: sorted(names) for word, names in sorted(index.postings.items())}
    path.write_text(json.dumps(content, indent=2))
    return path.stat().st_size


def show(query, answers):
    print(f"? {query}")
    if not answers:
        print("  nothing found")
        return
    for score, name in answers:
        print(f"  {score:.3f} {name}: {TEXTS[name][:30]}...")


def main():
    folder = Path("texts")
    write_texts(folder)
    index = build_index(folder)
    print(f"{len(index.documents)} documents, {len(index.postings)} words")
    for name in index.skipped:
        print(f"skipped {name}")

    for query in ("old ship", "farmer train", "mountain"):
        show(query, index.search(query))
    answers = index.search("calm harbour")
    show("calm harbour", answers)
    clew.save(answers, "answers")

    pairs = pairs_of_words(index)
    common = [list(pair) for pair, count in pairs.most_common() if count > 1]
    print("often together:", common)
    clew.save(sorted(common), "word_pairs")

    size = write_index(index, folder / "index.json")
    print(f"index of {size} bytes, {index.queries} queries")
    longest = max(index.documents, key=lambda name: sum(index.documents[name].values()))
    clew.save(longest, "longest_document")


if __name__ == "__main__":
    main()
