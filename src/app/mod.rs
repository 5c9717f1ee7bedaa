//! Use cases: reads the embedded files and hands text to the pure rooms.
