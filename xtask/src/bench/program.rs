//! Program: what is run both ways, chosen so that each asks about one cost.

use std::borrow::Cow;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::Result;

/// How many statements the straight-line programs have.
const STATEMENTS: usize = 1_000;

/// What a script imports that does a bit of everything.
const IMPORTS: &str = "import matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\n\
                       from sklearn.linear_model import LinearRegression\n\
                       frame = pd.DataFrame({'a': range(100)})\n";

/// A million objects, and a few beside them.
const LARGE_HEAP: &str =
    "large = [[at] for at in range(1_000_000)]\nsmall = []\nheld = {'rows': []}\n";

/// A program and its name.
pub(super) struct Program {
    pub(super) name: Cow<'static, str>,
    /// How many statements it has, where it is those that cost.
    pub(super) statements: Option<usize>,
    pub(super) text: String,
}

impl Program {
    /// The programs in plain Python of a folder, each a pattern of code whose hot part stands in the program itself.
    pub(super) fn patterns(folder: &Path) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path)?;
            all.push(Self { name: stem.into(), statements: None, text });
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// Those of these names, or all of them.
    pub(super) fn named(all: Vec<Self>, names: &[String]) -> Result<Vec<Self>> {
        let known = |name: &&String| all.iter().any(|program| *program.name == **name);
        if let Some(unknown) = names.iter().find(|name| !known(name)) {
            let known: Vec<&str> = all.iter().map(|program| &*program.name).collect();
            return Err(format!("no program `{unknown}`, only {}", known.join(", ")).into());
        }
        let wanted =
            |program: &Self| names.is_empty() || names.iter().any(|name| **name == *program.name);
        Ok(all.into_iter().filter(wanted).collect())
    }

    /// Programs that each ask about one cost.
    pub(super) fn all() -> Vec<Self> {
        vec![
            // What does it cost to start?
            Self::whole("empty", ""),
            // What does a statement cost that only computes, one that calls, one that changes?
            Self::straight("statements", "v0 = 0\n", sum_so_far),
            Self::straight("calls", "v0 = 0\n", |i| format!("v{i} = max(v{}, {i})\n", i - 1)),
            Self::straight("changes", "words = []\n", |i| format!("words.append(str({i}))\n")),
            // Does that stay so where the text is long?
            Self::straight_of(20_000, "long_text", "v0 = 0\n", sum_so_far),
            Self::straight_of(200_000, "longer_text", "v0 = 0\n", sum_so_far),
            // And where many variables have values that are changed?
            Self::straight_of(20_000, "long_changes", "v0 = []\nwords = []\n", |i| match i % 4 {
                0 => format!("v{i} = [{i}]\n"),
                1 => format!("v{}.append({i})\n", i - 1),
                2 => format!("words.append(str({i}))\n"),
                _ => format!("w{i} = len(v{})\n", i - 3),
            }),
            // And where a million objects are alive, beside what is changed and around it?
            Self::straight_of(300, "large_heap", LARGE_HEAP, |i| match i % 3 {
                0 => format!("small.append({i})\n"),
                1 => format!("large[{}].append({i})\n", i * 3_000),
                _ => format!("held['rows'].append([{i}])\n"),
            }),
            // And where large libraries are imported, whose state may change with each call?
            Self::whole("imports", IMPORTS),
            Self::straight("beside_libraries", IMPORTS, |i| match i % 4 {
                0 => format!("v{i} = len(frame)\n"),
                1 => format!("v{i} = frame['a'].sum()\n"),
                2 => format!("v{i} = np.mean([1, {i}])\n"),
                _ => format!("v{i} = round({i}.5)\n"),
            }),
            // What does a turn cost that clew has nothing to learn from, and one with a call?
            Self::whole("arithmetic_loop", include_str!("programs/arithmetic_loop.py")),
            Self::whole("builtin_loop", include_str!("programs/builtin_loop.py")),
            Self::whole("call_loop", include_str!("programs/call_loop.py")),
            Self::whole("recursion", include_str!("programs/recursion.py")),
            // What is left of all that where libraries do the work?
            Self::whole("pandas", include_str!("programs/pandas.py")),
            Self::whole("scikit_learn", include_str!("programs/scikit_learn.py")),
            // Are values let go of as soon as plain Python lets go of them?
            Self::whole("frame_chain", include_str!("programs/frame_chain.py")),
        ]
    }

    fn whole(name: &'static str, text: &str) -> Self {
        Self { name: name.into(), statements: None, text: text.to_owned() }
    }

    fn straight(name: &'static str, first: &str, line: impl Fn(usize) -> String) -> Self {
        Self::straight_of(STATEMENTS, name, first, line)
    }

    fn straight_of(
        statements: usize,
        name: &'static str,
        first: &str,
        line: impl Fn(usize) -> String,
    ) -> Self {
        let mut text = first.to_owned();
        for i in 1..statements {
            // Writing to a string cannot fail.
            let _ = text.write_str(&line(i));
        }
        Self { name: name.into(), statements: Some(statements), text }
    }
}

/// A statement that only computes.
fn sum_so_far(i: usize) -> String {
    format!("v{i} = v{} + {i}\n", i - 1)
}
