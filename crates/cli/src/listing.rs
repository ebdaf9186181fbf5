//! Listing: rows of cells under a header, in columns that are as wide as what stands in them.

use unicode_width::UnicodeWidthStr;

use crate::shown;

/// A longer cell stands out of its column, and the other rows stay legible.
const WIDEST: usize = 48;

/// Rows of cells.
pub(crate) struct Listing {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// A column's header, and where its cells stand.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    Left(&'static str),
    /// For numbers.
    Right(&'static str),
}

impl Listing {
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row of as many cells as there are columns.
    pub(crate) fn add(&mut self, cells: &[&str]) {
        self.rows.push(cells.iter().map(|cell| shown::name(cell).into_owned()).collect());
    }

    pub(crate) fn print(&self) {
        for line in self.lines() {
            say_line!("{line}");
        }
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let header: Vec<String> = self
            .columns
            .iter()
            .map(|&(Column::Left(header) | Column::Right(header))| header.to_owned())
            .collect();
        let widths: Vec<usize> = (0..header.len())
            .map(|at| {
                let cells = self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width());
                let widest = cells.filter(|&width| width <= WIDEST).max().unwrap_or(0);
                widest.max(header[at].width())
            })
            .collect();
        std::iter::once(header).chain(self.rows.iter().cloned()).map(move |cells| {
            let mut line = String::new();
            for ((cell, width), column) in cells.iter().zip(&widths).zip(&self.columns) {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                match column {
                    Column::Left(_) => line.extend([cell.as_str(), &gap]),
                    Column::Right(_) => line.extend([&gap, cell.as_str()]),
                }
                line.push_str("  ");
            }
            line.truncate(line.trim_end().len());
            line
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &[[&str; 3]], expected: &str) {
        let columns = [Column::Left("NAME"), Column::Right("VERSION"), Column::Left("TYPE")];
        let mut listing = Listing::new(&columns);
        for row in rows {
            listing.add(row);
        }
        let lines: Vec<String> = listing.lines().collect();
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn columns_are_as_wide_as_their_cells() {
        check(
            &[["a list", "0", "list"], ["表", "12", "int"]],
            "NAME    VERSION  TYPE\na list        0  list\n表           12  int",
        );
    }

    #[test]
    fn a_cell_of_any_length_stands_out_alone() {
        let long = "x".repeat(70_000);
        check(
            &[["a\nb", "0", "int"], [&long, "0", "int"]],
            &format!("NAME  VERSION  TYPE\na\\nb        0  int\n{long}        0  int"),
        );
    }
}
