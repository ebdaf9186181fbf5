//! Soundness: does the slice of every variable rebuild its value?

use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Result;
use crate::arguments::Arguments;
use crate::clew::{Clew, STORE};
use crate::conform::percentage;
use crate::pool;
use crate::process::{Outcome, Workplace};
use crate::python::Python;
use crate::script::Script;
use crate::workspace::Workspace;

/// Runs every script, replays the slice of every variable at its end, and fails if any slice
/// builds another value or none.
pub(crate) fn run(workspace: &Workspace, mut arguments: Arguments) -> Result {
    let named = arguments.value::<PathBuf>("--python")?;
    let jobs = arguments.value("--jobs")?.unwrap_or_else(pool::jobs);
    let timeout = Duration::from_secs(arguments.value("--timeout")?.unwrap_or(300));
    let json = arguments.flag("--json");
    let annotations = !arguments.flag("--no-annotations");
    let scripts = Script::find(&arguments.paths()?)?;
    let python = Python::with_clew(workspace, named, false)?;

    let reports = pool::map(jobs, &scripts, |script| {
        let report = Report { script, finding: judge(&python, script, annotations, timeout)? };
        if !json {
            println!("{report}");
        }
        Ok(report)
    });
    let reports: Vec<Report<'_>> = reports.into_iter().collect::<Result<_>>()?;
    let summary = Summary::of(&reports);
    if json {
        let scripts: Vec<Value> = reports.iter().map(Report::json).collect();
        let document = json!({ "scripts": scripts, "summary": summary.json() });
        println!("{}", serde_json::to_string_pretty(&document)?);
    } else {
        println!("\n{summary}");
    }
    match (summary.unsound, summary.broken) {
        (0, 0) if summary.sound == 0 => Err("nothing was compared".into()),
        (0, 0) => Ok(()),
        (slices, 0) => Err(format!("{slices} of the slices do not rebuild their values").into()),
        (_, scripts) => Err(format!("clew failed on {scripts} of the scripts").into()),
    }
}

/// What was found about a script.
struct Report<'s> {
    script: &'s Script,
    finding: Finding,
}

enum Finding {
    /// What clew says of each of its variables.
    Variables(Vec<Variable>),
    /// It does not run to its end with plain Python either, for this reason.
    Skipped(String),
    /// clew could not run it or could not verify it, for this reason.
    Broken(String),
}

/// What clew found about a variable.
struct Variable {
    name: String,
    verdict: Verdict,
    reason: String,
    /// How many of the program's statements its slice keeps.
    kept: u64,
    statements: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The slice built the same value.
    Sound,
    /// It built another, or failed.
    Unsound,
    /// There is no telling whether two such values are the same.
    NotComparable,
    /// clew gave no slice.
    Refused,
}

fn judge(
    python: &Python,
    script: &Script,
    annotations: bool,
    timeout: Duration,
) -> Result<Finding> {
    if !script.runs_on(python) {
        return Ok(Finding::Skipped(format!("it is not for Python {}", python.version)));
    }
    let place = Workplace::new()?;
    let file = script.place(&place)?;
    let clew = Clew::new(python);
    let store = place.beside("store");
    let run = |command: Command| {
        let mut command = script.prepare(command);
        place.run(command.env(STORE, &store), &script.stdin, timeout)
    };
    let under_clew = run(clew.run_with_fingerprints(&file, annotations))?;
    if !under_clew.success() {
        let mut plain = Command::new(&python.path);
        plain.arg(&file);
        let plain = run(plain)?;
        return Ok(match plain.success() {
            true => Finding::Broken(format!("clew run: {}", end(&under_clew))),
            false => Finding::Skipped(format!("it does not run: {}", end(&plain))),
        });
    }
    // The folder is emptied in between, so a slice finds no file that it should have written.
    let verified = place.run(clew.verify_all().env(STORE, &store), b"", timeout)?;
    Ok(match read_verdicts(&verified.stdout) {
        Ok(variables) => Finding::Variables(variables),
        Err(error) => Finding::Broken(format!("clew verify: {error}; {}", end(&verified))),
    })
}

fn read_verdicts(json: &[u8]) -> Result<Vec<Variable>> {
    let verdicts: Vec<Value> = serde_json::from_slice(json)?;
    verdicts.iter().map(Variable::read).collect()
}

/// How a program ended, in one line.
fn end(outcome: &Outcome) -> String {
    match outcome.exit {
        None => "its time was up".to_owned(),
        Some(status) => {
            let stderr = String::from_utf8_lossy(&outcome.stderr);
            format!("{status}, {}", stderr.trim_end().lines().last().unwrap_or("without a word"))
        }
    }
}

impl Variable {
    fn read(json: &Value) -> Result<Self> {
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let verdict = match json["verdict"].as_str() {
            Some("equal") => Verdict::Sound,
            Some("different" | "failed") => Verdict::Unsound,
            Some("not comparable") => Verdict::NotComparable,
            Some("refused") => Verdict::Refused,
            _ => return Err(format!("clew's verdict is not one of those known: {json}").into()),
        };
        Ok(Self {
            name: text("name"),
            verdict,
            reason: text("reason"),
            kept: json["kept"].as_u64().unwrap_or_default(),
            statements: json["statements"].as_u64().unwrap_or_default(),
        })
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "verdict": self.verdict.word(),
            "reason": self.reason,
            "kept": self.kept,
            "statements": self.statements,
        })
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Unsound => "unsound",
            Self::NotComparable => "not comparable",
            Self::Refused => "refused",
        }
    }
}

impl Report<'_> {
    fn json(&self) -> Value {
        let path = self.script.path.to_string_lossy();
        match &self.finding {
            Finding::Variables(variables) => {
                let variables: Vec<Value> = variables.iter().map(Variable::json).collect();
                json!({ "path": path, "variables": variables })
            }
            Finding::Skipped(reason) => json!({ "path": path, "skipped": reason }),
            Finding::Broken(reason) => json!({ "path": path, "broken": reason }),
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.script.path.display();
        let variables = match &self.finding {
            Finding::Variables(variables) => variables,
            Finding::Skipped(reason) => return write!(f, "skipped  {path}: {reason}"),
            Finding::Broken(reason) => return write!(f, "broken   {path}: {reason}"),
        };
        let with = |verdict| variables.iter().filter(move |variable| variable.verdict == verdict);
        let word = if with(Verdict::Unsound).count() == 0 { "sound" } else { "unsound" };
        write!(
            f,
            "{word:7}  {path}: {} of {} slices",
            with(Verdict::Sound).count(),
            variables.len()
        )?;
        for verdict in [Verdict::Unsound, Verdict::Refused, Verdict::NotComparable] {
            for Variable { name, reason, .. } in with(verdict) {
                write!(f, "\n         {name} is {}", verdict.word())?;
                if !reason.is_empty() {
                    write!(f, ": {reason}")?;
                }
            }
        }
        Ok(())
    }
}

/// The figures of all scripts.
#[derive(Default)]
struct Summary {
    scripts: usize,
    skipped: usize,
    broken: usize,
    sound: usize,
    unsound: usize,
    not_comparable: usize,
    refused: usize,
    kept: u64,
    statements: u64,
}

impl Summary {
    fn of(reports: &[Report<'_>]) -> Self {
        let mut summary = Self { scripts: reports.len(), ..Self::default() };
        for report in reports {
            let variables = match &report.finding {
                Finding::Variables(variables) => variables,
                Finding::Skipped(_) => {
                    summary.skipped += 1;
                    continue;
                }
                Finding::Broken(_) => {
                    summary.broken += 1;
                    continue;
                }
            };
            for variable in variables {
                match variable.verdict {
                    Verdict::Sound => summary.sound += 1,
                    Verdict::Unsound => summary.unsound += 1,
                    Verdict::NotComparable => summary.not_comparable += 1,
                    Verdict::Refused => summary.refused += 1,
                }
                // A slice that was refused keeps nothing, which says nothing of how tight it is.
                if variable.verdict != Verdict::Refused {
                    summary.kept += variable.kept;
                    summary.statements += variable.statements;
                }
            }
        }
        summary
    }

    fn sound_per_cent(&self) -> f64 {
        percentage(self.sound as f64, (self.sound + self.unsound) as f64)
    }

    fn kept_per_cent(&self) -> f64 {
        percentage(self.kept as f64, self.statements as f64)
    }

    fn json(&self) -> Value {
        json!({
            "scripts": self.scripts,
            "skipped": self.skipped,
            "broken": self.broken,
            "sound": self.sound,
            "unsound": self.unsound,
            "not_comparable": self.not_comparable,
            "refused": self.refused,
            "sound_per_cent": self.sound_per_cent(),
            "kept_per_cent": self.kept_per_cent(),
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} of {} comparable slices are sound ({:.1}%); {} not comparable and {} refused besides",
            self.sound,
            self.sound + self.unsound,
            self.sound_per_cent(),
            self.not_comparable,
            self.refused
        )?;
        write!(
            f,
            "a slice keeps {:.1}% of the statements; of {} scripts {} were skipped and {} broke clew",
            self.kept_per_cent(),
            self.scripts,
            self.skipped,
            self.broken
        )
    }
}
