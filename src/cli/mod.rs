//! The command line.

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs one command. Exit codes: 0 done and good, 1 the answer is no, 2 bad usage.
pub fn run(_arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(2)
}
