//! Agenda.
