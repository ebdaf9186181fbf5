//! Texts that never run, and what is left of them for a variable.

use clew_effects::Catalog;
use clew_graph::SourceLocation;

use super::Unexecuted;

fn check(text: &str, name: &str, expected: &str) {
    let texts = [(SourceLocation::Text, text.trim_start().to_owned())];
    let read = Unexecuted::read(&texts, &Catalog::builtin()).expect("the text is Python");
    let sliced = read.slice(name).expect("it is read again").expect("the variable is bound");
    assert_eq!(sliced.code.trim_end(), expected.trim());
}

#[test]
fn what_is_not_read_goes() {
    check(
        "
import os, math
a = [1, 2]
b = 5
c = math.fsum(a)
print(c, b)
d = os.sep
",
        "c",
        "
import math
a = [1, 2]
c = math.fsum(a)
",
    );
}

#[test]
fn changes_by_another_name_are_kept() {
    check(
        "
a = [1]
b = a
other = [2]
b.append(3)
other.append(4)
c = len(a)
",
        "c",
        "
a = [1]
b = a
b.append(3)
c = len(a)
",
    );
    check(
        "a = []\nrow = [a]\nrow[0].append(1)\nx = 2\n",
        "a",
        "a = []\nrow = [a]\nrow[0].append(1)",
    );
}

#[test]
fn an_unknown_call_changes_what_it_is_given() {
    check(
        "
import mine
a = [1]
b = [2]
mine.extend(a)
mine_too = mine.size(b)
n = 3
mine.show(n)
c = a[0]
",
        "c",
        "
import mine
a = [1]
mine.extend(a)
c = a[0]
",
    );
}

#[test]
fn what_a_package_keeps_to_itself_is_kept() {
    check(
        "
from mine import setup, make
n = 1
setup(n)
made = make()
setup(2)
",
        "made",
        "
from mine import setup, make
n = 1
setup(n)
made = make()
",
    );
    check(
        "
import numpy as np
np.random.seed(3)
a = np.random.rand(3)
b = np.zeros(3)
",
        "a",
        "
import numpy as np
np.random.seed(3)
a = np.random.rand(3)
",
    );
}

#[test]
fn functions_bring_what_they_read() {
    check(
        "
rate = 2
items = []
unused = 3
def scale(x):
    items.append(x)
    return helper(x) * rate
def helper(x):
    return x
out = scale(4)
last = items
",
        "last",
        "
rate = 2
items = []
def scale(x):
    items.append(x)
    return helper(x) * rate
def helper(x):
    return x
out = scale(4)
last = items
",
    );
    check(
        "
rate = 2
f = lambda x: x * rate
rate = 3
y = list(map(f, [1]))
",
        "y",
        "
f = lambda x: x * rate
rate = 3
y = list(map(f, [1]))
",
    );
    check("rate = 2\nnoise = 1\nf = lambda x: x * rate\n", "f", "rate = 2\nf = lambda x: x * rate");
}

#[test]
fn a_global_that_a_function_binds_is_from_its_call() {
    check(
        "
count = 0
def step():
    global count
    count += 1
step()
other = 2
",
        "count",
        "
count = 0
def step():
    global count
    count += 1
step()
",
    );
}

#[test]
fn classes_are_kept_with_what_their_methods_read() {
    check(
        "
base = 3
noise = 4
class Counter:
    def __init__(self):
        self.n = base
    def step(self):
        self.n += 1
counter = Counter()
counter.step()
other = 5
",
        "counter",
        "
base = 3
class Counter:
    def __init__(self):
        self.n = base
    def step(self):
        self.n += 1
counter = Counter()
counter.step()
",
    );
}

#[test]
fn branches_and_loops_are_kept_whole() {
    check(
        "
import sys
names = []
noise = 0
for i in range(3):
    if i:
        names.append(i)
while noise:
    noise -= 1
if sys.argv:
    first = names[0]
else:
    first = None
",
        "first",
        "
import sys
names = []
for i in range(3):
    if i:
        names.append(i)
if sys.argv:
    first = names[0]
else:
    first = None
",
    );
    // In the second turn `b` is what `a` was in the first.
    check(
        "
a, b = [], []
for i in range(2):
    b.append(i)
    b = a
",
        "a",
        "
a, b = [], []
for i in range(2):
    b.append(i)
    b = a
",
    );
}

#[test]
fn files_lead_from_writers_to_readers() {
    check(
        "
import pandas as pd
frame = pd.DataFrame({'a': [1]})
frame.to_csv('a.csv')
frame.to_csv('b.csv')
with open('c.txt', 'w') as file:
    file.write('x')
back = pd.read_csv('./a.csv')
text = open('c.txt').read()
",
        "back",
        "
import pandas as pd
frame = pd.DataFrame({'a': [1]})
frame.to_csv('a.csv')
back = pd.read_csv('./a.csv')
",
    );
    check(
        "
def save(x):
    with open('c.txt', 'w') as file:
        file.write(x)
save('a')
text = open('c.txt').read()
n = 3
",
        "text",
        "
def save(x):
    with open('c.txt', 'w') as file:
        file.write(x)
save('a')
text = open('c.txt').read()
",
    );
}

#[test]
fn frames_keep_their_changes_and_not_their_looks() {
    check(
        "
import pandas as pd
import matplotlib.pyplot as plt
frame = pd.read_csv('a.csv')
frame.head()
frame['double'] = frame['x'] * 2
big = frame[(frame['x'] > 1) & (frame['double'] < 9)]
plt.scatter(frame['x'], frame['double'])
plt.savefig('a.png')
frame.describe()
total = frame['double'].sum()
print(f'{total}')
",
        "total",
        "
import pandas as pd
frame = pd.read_csv('a.csv')
frame['double'] = frame['x'] * 2
total = frame['double'].sum()
",
    );
}

#[test]
fn what_may_bind_any_name_is_kept() {
    check(
        "
from tools import *
a = 1
exec('a = 2')
b = a
c = scaled(3)
",
        "b",
        "
from tools import *
a = 1
exec('a = 2')
b = a
",
    );
    check(
        "from tools import *\nnoise = 1\nc = scaled(3)\n",
        "c",
        "from tools import *\nc = scaled(3)",
    );
}

#[test]
fn imports_that_may_be_there_for_what_they_do_are_kept() {
    check(
        "
import hvplot.pandas
import json
import mine
a = 1
b = 2
",
        "a",
        "
import hvplot.pandas
import mine
a = 1
",
    );
}

#[test]
fn iterators_move_on() {
    check(
        "
rows = iter([1, 2])
first = next(rows)
names = [4]
n = sum(names)
rest = list(rows)
",
        "rest",
        "
rows = iter([1, 2])
first = next(rows)
rest = list(rows)
",
    );
}

#[test]
fn what_is_deleted_or_bound_anew_does_not_count() {
    check("a = [1]\nb = a\na = [2]\na.append(3)\nc = b\n", "c", "a = [1]\nb = a\nc = b");
    let texts = [(SourceLocation::Text, "a = 1\ndel a\n".to_owned())];
    let read = Unexecuted::read(&texts, &Catalog::builtin()).expect("the text is Python");
    assert!(read.slice("a").expect("it is read again").is_none());
}

#[test]
fn a_text_that_is_no_python_is_named() {
    let texts = ["a = 1", "b = ("].map(|text| (SourceLocation::Text, text.to_owned()));
    let refused = Unexecuted::read(&texts, &Catalog::builtin());
    assert_eq!(refused.err().map(|(at, _)| at), Some(1));
}

#[test]
fn variables_that_a_text_names_are_read() {
    check(
        "
import numexpr
a = [1.0]
b = [2.0]
spare = [3.0]
out = numexpr.evaluate('a * b + 1')
",
        "out",
        "
import numexpr
a = [1.0]
b = [2.0]
out = numexpr.evaluate('a * b + 1')
",
    );
}

#[test]
fn a_figure_shows_what_is_drawn_without_it() {
    check(
        "
import matplotlib.pyplot as plt
values = [1, 2]
noise = 3
fig = plt.figure()
plt.plot(values)
n = len(values)
",
        "fig",
        "
import matplotlib.pyplot as plt
values = [1, 2]
fig = plt.figure()
plt.plot(values)
",
    );
}

#[test]
fn functions_that_look_at_frames_may_read_any_variable() {
    check(
        "
import sys
def peek():
    return sum(sys._getframe().f_back.f_locals.values())
a = 1
b = 2
out = peek()
",
        "out",
        "
import sys
def peek():
    return sum(sys._getframe().f_back.f_locals.values())
a = 1
b = 2
out = peek()
",
    );
}

#[test]
fn the_docstring_is_a_variable() {
    check(
        "
\"\"\"Usage.\"\"\"
noise = 1
def describe():
    return __doc__
text = describe()
",
        "text",
        "
\"\"\"Usage.\"\"\"
def describe():
    return __doc__
text = describe()
",
    );
}
