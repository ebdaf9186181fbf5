//! Listing: rows of cells under a header, in columns that are as wide as what stands in them.
//!
//! On a terminal that is too narrow for them, ids are shortened to beginnings that are theirs alone, and what is left
//! over of a line is cut off.

use std::io::{self, IsTerminal};

use rustix::termios::tcgetwinsize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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
    /// For ids, of which a beginning is enough.
    Id(&'static str),
}

impl Column {
    fn header(self) -> &'static str {
        let (Self::Left(header) | Self::Right(header) | Self::Id(header)) = self;
        header
    }
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
        let is_shown = io::stdout().is_terminal();
        let size = is_shown.then(|| tcgetwinsize(io::stdout()).ok()).flatten();
        // Of a screen of no columns nothing is known.
        let columns = size.map(|size| usize::from(size.ws_col)).filter(|&columns| columns > 0);
        for line in self.lines(columns) {
            say_line!("{line}");
        }
    }

    /// The lines, as they are on a screen of so many columns, or where there is none.
    fn lines(&self, columns: Option<usize>) -> Vec<String> {
        let whole = self.rows_in_columns(&self.rows);
        let Some(columns) = columns else { return whole };
        if whole.iter().all(|line| line.width() <= columns) {
            return whole;
        }
        let mut rows = self.rows.clone();
        for (at, _) in
            self.columns.iter().enumerate().filter(|(_, kind)| matches!(kind, Column::Id(_)))
        {
            let ids: Vec<&str> = self.rows.iter().map(|row| row[at].as_str()).collect();
            let length = telling(&ids);
            for row in &mut rows {
                row[at] = row[at].chars().take(length).collect();
            }
        }
        self.rows_in_columns(&rows).into_iter().map(|line| cut(line, columns)).collect()
    }

    fn rows_in_columns(&self, rows: &[Vec<String>]) -> Vec<String> {
        let header: Vec<String> =
            self.columns.iter().map(|column| column.header().to_owned()).collect();
        let widths: Vec<usize> = (0..header.len())
            .map(|at| {
                let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.width());
                let widest = cells.filter(|&width| width <= WIDEST).max().unwrap_or(0);
                widest.max(header[at].width())
            })
            .collect();
        let all = std::iter::once(&header).chain(rows);
        all.map(|cells| {
            let mut line = String::new();
            for ((cell, width), column) in cells.iter().zip(&widths).zip(&self.columns) {
                let gap = " ".repeat(width.saturating_sub(cell.width()));
                match column {
                    Column::Left(_) | Column::Id(_) => line.extend([cell.as_str(), &gap]),
                    Column::Right(_) => line.extend([&gap, cell.as_str()]),
                }
                line.push_str("  ");
            }
            line.truncate(line.trim_end().len());
            line
        })
        .collect()
    }
}

/// How many signs of ids tell them apart, a few at least.
fn telling(ids: &[&str]) -> usize {
    const LEAST: usize = 8;
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let shared = |(one, other): (&&str, &&str)| {
        one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
    };
    let most = sorted.iter().zip(sorted.iter().skip(1)).map(shared).max();
    most.map_or(LEAST, |most| LEAST.max(most + 1))
}

/// A line that is no wider than a screen.
fn cut(line: String, columns: usize) -> String {
    if line.width() <= columns {
        return line;
    }
    let mut room = columns - 1;
    let fits = |sign: &char| {
        let width = sign.width().unwrap_or(0);
        let has_room = width <= room;
        room = room.saturating_sub(width);
        has_room
    };
    let kept: String = line.chars().take_while(fits).collect();
    kept + "…"
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
        assert_eq!(listing.lines(None).join("\n"), expected);
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

    fn check_on_screen(columns: usize, expected: &str) {
        let mut listing =
            Listing::new(&[Column::Left("NAME"), Column::Id("SESSION"), Column::Right("TOOK")]);
        for (name, id) in [("a", "01a22ddb-faf7-75ff"), ("表", "01a22ddb-e5db-7663")] {
            listing.add(&[name, id, "4.8 s"]);
        }
        assert_eq!(listing.lines(Some(columns)).join("\n"), expected);
    }

    #[test]
    fn a_screen_that_is_wide_enough_shows_all() {
        check_on_screen(
            31,
            "NAME  SESSION              TOOK\na     01a22ddb-faf7-75ff  4.8 s\n表    01a22ddb-e5db-7663  4.8 s",
        );
    }

    #[test]
    fn a_narrow_screen_shows_beginnings_of_ids_that_tell_them_apart() {
        check_on_screen(
            30,
            "NAME  SESSION      TOOK\na     01a22ddb-f  4.8 s\n表    01a22ddb-e  4.8 s",
        );
    }

    #[test]
    fn what_is_left_over_is_cut_off() {
        check_on_screen(12, "NAME  SESSI…\na     01a22…\n表    01a22…");
        check_on_screen(2, "N…\na…\n…");
    }
}
