//! From a command to events.

use super::command::Command;
use super::configuration::Configuration;
use super::event::{CloseCause, Event, Stamped};
use super::fold::{child_key, fold};
use super::party::Present;
use super::refusal::{Refusal, RefusalCode};
use super::spot::Spot;
use super::view::View;
use super::world::World;
use super::{MAX_STEPS, Machine};
use crate::regles::calendrier;
use chrono::{DateTime, NaiveDate, Utc};

impl Machine<'_> {
    /// What a command does: the events to store, in order; none when it changes nothing.
    ///
    /// # Errors
    /// A refusal; nothing is then to be stored.
    pub fn decide(
        &self,
        configuration: &Configuration,
        world: &dyn World,
        command: &Command,
        now: DateTime<Utc>,
    ) -> Result<Vec<Stamped>, Refusal> {
        let mut run = Run::new(self, configuration, world, now);
        run.followed = world.following();
        run.near = command.spot().cloned();
        run.lively(command)?;
        if run.configuration.opened() {
            run.catch_up()?;
            run.refresh();
            run.lively(command)?;
        }
        run.judge(command)?;
        if run.configuration.opened() && run.configuration.ended.is_none() {
            // What follows from a paper act takes effect with it.
            run.settle()?;
            run.catch_up()?;
        }
        Ok(run.events)
    }
}

/// A decision under way: each event is folded as soon as it is emitted.
pub(super) struct Run<'r> {
    pub machine: &'r Machine<'r>,
    world: &'r dyn World,
    /// The same, as it follows this decision.
    followed: Option<Box<dyn World + 'r>>,
    pub configuration: Configuration,
    pub events: Vec<Stamped>,
    pub present: Vec<Present>,
    now: DateTime<Utc>,
    pub today: NaiveDate,
    /// The effective date of what is being emitted.
    pub date: NaiveDate,
    /// Moves since the last change of day.
    steps: u32,
    /// Where an act stands: consents are judged again there and around only. Elsewhere nothing
    /// changed since the last [`Command::WorldChanged`], which the trade sends when it republishes;
    /// and no consent ever counts without being judged again at its own place.
    pub near: Option<Spot>,
}

impl<'r> Run<'r> {
    pub fn new(
        machine: &'r Machine<'r>,
        configuration: &Configuration,
        world: &'r dyn World,
        now: DateTime<Utc>,
    ) -> Self {
        let today = calendrier::civil_date(now);
        let mut run = Self {
            machine,
            world,
            followed: None,
            configuration: configuration.clone(),
            events: Vec::new(),
            present: Vec::new(),
            now,
            today,
            date: today,
            steps: 0,
            near: None,
        };
        run.present = run.view().presence();
        run
    }

    pub fn world(&self) -> &dyn World {
        self.followed.as_deref().unwrap_or(self.world)
    }

    pub fn view(&self) -> View<'_> {
        View {
            machine: self.machine,
            world: self.world(),
            configuration: &self.configuration,
            present: &self.present,
            today: self.today,
        }
    }

    pub fn emit(&mut self, event: Event) {
        let stamped = Stamped {
            effective: self.date,
            recorded: self.now,
            event,
        };
        fold(&mut self.configuration, &stamped);
        if let Some(world) = &mut self.followed {
            world.fold(&stamped);
        }
        self.events.push(stamped);
    }

    /// Counts a move; a day that never ends is a bug.
    pub fn step(&mut self) -> Result<(), Refusal> {
        self.steps += 1;
        if self.steps <= MAX_STEPS {
            return Ok(());
        }
        Err(Refusal::new(
            RefusalCode::TooManySteps,
            format!(
                "Plus de {MAX_STEPS} passages se suivent le même jour : le contrat tourne en rond. \
                 Signalez-le : rien n'a été enregistré."
            ),
        ))
    }

    /// Dates what follows.
    pub fn turn_to(&mut self, date: NaiveDate) {
        if date > self.date {
            self.steps = 0;
        }
        self.date = date;
    }

    /// Refuses what comes before the opening or after the end.
    fn lively(&self, command: &Command) -> Result<(), Refusal> {
        let opening = matches!(command, Command::Open { .. } | Command::OpenAt { .. });
        let begun = self.configuration.visits.len() > 1;
        if let Some(ended) = &self.configuration.ended {
            return match command {
                Command::Tick
                | Command::WorldChanged
                | Command::ParentEnded
                | Command::ChildEnded { .. } => Ok(()),
                _ => Err(Refusal::new(
                    RefusalCode::Ended,
                    format!(
                        "Ce contrat est terminé depuis le {} : plus aucun acte n'est possible.",
                        super::refusal::day(ended.date)
                    ),
                )),
            };
        }
        match (opening, begun) {
            (true, true) => Err(Refusal::new(
                RefusalCode::AlreadyOpened,
                "Ce contrat est déjà ouvert : poursuivez depuis son état actuel.",
            )),
            (false, false) if !self.withdraws_entry(command) => Err(Refusal::new(
                RefusalCode::NotOpened,
                "Ce contrat n'est pas encore ouvert : ouvrez-le d'abord.",
            )),
            _ => Ok(()),
        }
    }

    /// An agreement to open can be taken back; the clock and the trade may pass by.
    fn withdraws_entry(&self, command: &Command) -> bool {
        match command {
            Command::Withdraw { spot, .. } => spot.is_root() && self.configuration.opened(),
            Command::Tick | Command::WorldChanged => self.configuration.opened(),
            _ => false,
        }
    }

    fn judge(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Open { effective } => self.open(*effective),
            Command::OpenAt {
                actor,
                state,
                document,
                effective,
                id,
            } => self.open_at(actor, state, *document, *effective, id),
            Command::Act {
                actor,
                spot,
                act,
                inputs,
                shown,
                id,
            } => self.act(actor, (spot, act), inputs, *shown, id),
            Command::Refuse {
                actor,
                spot,
                act,
                shown,
                reason,
                id,
            } => self.refuse(actor, (spot, act), *shown, reason, id),
            Command::Withdraw {
                actor,
                spot,
                act,
                id,
            } => self.withdraw(actor, (spot, act), id),
            Command::Waive {
                actor,
                spot,
                act,
                requirement,
                reason,
                id,
            } => self.waive(actor, (spot, act), *requirement, reason, id),
            Command::Interrupt {
                actor,
                name,
                inputs,
                id,
            } => self.interrupt(actor, name, inputs, id),
            Command::Resume { actor, id } => self.resume(actor, id),
            Command::Tick | Command::WorldChanged => Ok(()),
            Command::ChildEnded {
                workflow,
                key,
                outcome,
            } => self.child_ended(workflow, key, outcome),
            Command::ParentEnded => {
                if self.configuration.ended.is_none() {
                    self.leave_inside(&Spot::root());
                    self.end(Some("parent_termine".to_owned()));
                }
                Ok(())
            }
        }
    }

    fn child_ended(&mut self, workflow: &str, key: &str, outcome: &str) -> Result<(), Refusal> {
        let child = self.configuration.children.get(&child_key(workflow, key));
        if child.is_none_or(|child| child.outcome.is_some()) {
            return Err(Refusal::new(
                RefusalCode::Child,
                format!("Aucun workflow « {workflow} » ({key}) n'est en cours ici."),
            ));
        }
        self.emit(Event::ChildEnded {
            workflow: workflow.to_owned(),
            key: key.to_owned(),
            outcome: outcome.to_owned(),
        });
        Ok(())
    }

    /// Ends the instance, and the children that do not survive it.
    pub fn end(&mut self, outcome: Option<String>) {
        let children: Vec<(String, String)> = self
            .configuration
            .children
            .values()
            .filter(|c| c.outcome.is_none() && !c.root)
            .filter(|c| !self.world().survives_parent(&c.workflow))
            .map(|c| (c.workflow.clone(), c.key.clone()))
            .collect();
        for (workflow, key) in children {
            self.emit(Event::ChildEnded {
                workflow,
                key,
                outcome: "parent_termine".to_owned(),
            });
        }
        self.emit(Event::Ended { outcome });
    }

    /// Closes a branch for a cause that leaves what is inside.
    pub fn close(&mut self, spot: &Spot, branch: super::spot::Key, cause: CloseCause) {
        self.leave_branch(spot, &branch);
        self.emit(Event::BranchClosed {
            spot: spot.clone(),
            branch,
            state: None,
            outcome: None,
            cause,
        });
    }
}
