//! Text: Python programs of named shapes, at any length.

/// What the statements of a program are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text {
    /// Assignments that lean on each other.
    Straight,
    /// Statements as in a notebook: imports, frames, method calls, subscripts, a plot now and then.
    Notebook,
    /// Functions of ten lines, with branches and loops, and calls of them.
    Functions,
}

const NOTEBOOK: [&str; 8] = [
    "frame = pd.read_csv('data.csv', index_col=0)",
    "frame['total'] = frame['price'] * frame['count']",
    "frame.fillna(0, inplace=True)",
    "plt.plot(frame['total'], label=f'total of {name!r}')",
    "name = 'small' if len(frame) < 10 else 'large'",
    "groups = {key: part.mean() for key, part in frame.groupby('name')}",
    "model = LinearRegression().fit(frame[['price']], frame['total'])",
    "print(model.coef_, groups[name].sum(), end='\\n')",
];

const FUNCTION: &str = "\
def step(values, least=0):
    kept = []
    for value in values:
        if value > least:
            kept.append(value * 2)
        else:
            continue
    total = sum(kept)
    return total, kept
total, kept = step([total, 2, 3])
";

impl Text {
    /// Every shape.
    pub const ALL: [Self; 3] = [Self::Straight, Self::Notebook, Self::Functions];

    /// The shape's name, as reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Straight => "straight",
            Self::Notebook => "notebook",
            Self::Functions => "functions",
        }
    }

    /// A program of this shape with `lines` lines.
    pub fn program(self, lines: usize) -> String {
        let line = |at: usize| match self {
            Self::Straight if at == 0 => "v0 = 1".to_owned(),
            Self::Straight => format!("v{at} = v{} + {at}", at - 1),
            Self::Notebook => NOTEBOOK[at % NOTEBOOK.len()].to_owned(),
            Self::Functions => FUNCTION.lines().nth(at % 10).unwrap_or_default().to_owned(),
        };
        // Whole functions only.
        let lines = if self == Self::Functions { lines.next_multiple_of(10) } else { lines };
        (0..lines).map(|at| line(at) + "\n").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_python_of_the_length_that_is_asked_for() {
        for text in Text::ALL {
            let program = text.program(40);
            assert_eq!(program.lines().count(), 40, "{}", text.name());
            clew_syntax::parse(&program).unwrap();
        }
    }
}
