//! Where a process ends: points, counted from the moment at which they are armed.

use crate::handled::Hand;
use async_trait::async_trait;
use std::collections::HashMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// On which side of an operation the process ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Moment {
    Before,
    After,
}

/// One place at which the process may end: the nth time that an operation comes up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Point {
    /// A store operation such as `begin_attempt`, or an upstream call such as `POST /v3/users`.
    pub(super) operation: String,
    pub(super) nth: usize,
    pub(super) moment: Moment,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} #{}", self.moment, self.operation, self.nth)
    }
}

impl Point {
    fn write(&self) -> String {
        format!("{:?}\n{}\n{}", self.moment, self.nth, self.operation)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let moment = match lines.next()? {
            "Before" => Moment::Before,
            "After" => Moment::After,
            _ => return None,
        };
        let nth = lines.next()?.parse().ok()?;
        Some(Self { operation: lines.next()?.to_owned(), nth, moment })
    }
}

/// Counts operations and says which of them is the last. The story arms it through files in a folder, so that the child
/// need not be started anew; `armed` is there from then on.
pub(super) struct Armed {
    folder: PathBuf,
    seen: Mutex<HashMap<String, usize>>,
}

impl Armed {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), seen: Mutex::default() }
    }

    /// Begins to count, and names the point if there is one.
    pub(super) fn arm(folder: &Path, point: Option<&Point>) {
        if let Some(point) = point {
            std::fs::write(folder.join("point"), point.write()).unwrap();
        }
        std::fs::write(folder.join("armed"), "").unwrap();
    }

    /// Ends the counting.
    pub(super) fn disarm(folder: &Path) {
        let _ = std::fs::remove_file(folder.join("armed"));
        let _ = std::fs::remove_file(folder.join("point"));
    }

    /// Counts an operation and writes it down; 0 while not armed.
    pub(super) fn note(&self, operation: &str) -> usize {
        if !self.folder.join("armed").exists() {
            return 0;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let nth = seen.entry(operation.to_owned()).or_default();
        *nth += 1;
        let mut log = OpenOptions::new().create(true).append(true).open(self.folder.join("visited")).unwrap();
        log.write_all(format!("{nth} {operation}\n").as_bytes()).unwrap();
        *nth
    }

    /// Ends the process if this is the point. Nothing is unwound, flushed or said: as when the machine takes it away.
    fn end_if(&self, operation: &str, nth: usize, moment: Moment) {
        if self.is_due(operation, nth, moment) {
            std::process::abort();
        }
    }

    pub(super) fn is_due(&self, operation: &str, nth: usize, moment: Moment) -> bool {
        let due = || Point::read(&std::fs::read_to_string(self.folder.join("point")).ok()?);
        nth > 0
            && due()
                .is_some_and(|due| (due.operation.as_str(), due.nth, due.moment) == (operation, nth, moment))
    }

    /// What was visited, in order.
    pub(super) fn visited(folder: &Path) -> Vec<(String, usize)> {
        let text = std::fs::read_to_string(folder.join("visited")).unwrap_or_default();
        let visit = |line: &str| {
            let (nth, operation) = line.split_once(' ')?;
            Some((operation.to_owned(), nth.parse().ok()?))
        };
        text.lines().filter_map(visit).collect()
    }
}

/// Writes are counted, and may be the last thing that the process does; reads pass through.
#[async_trait]
impl Hand for Armed {
    async fn before_write(&self, operation: &'static str) -> usize {
        let nth = self.note(operation);
        self.end_if(operation, nth, Moment::Before);
        nth
    }

    async fn after_write(&self, operation: &'static str, nth: usize) {
        self.end_if(operation, nth, Moment::After);
    }

    async fn before_read(&self, _: &'static str) {}
}
