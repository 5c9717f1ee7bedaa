//! A process, as BPMN sees it.

/// A process or the inside of a sub-process.
#[derive(Debug, Default)]
pub struct Scope {
    pub elements: Vec<Element>,
    pub flows: Vec<Flow>,
}

#[derive(Debug)]
pub struct Element {
    pub id: String,
    pub name: String,
    pub documentation: Vec<String>,
    pub kind: Kind,
    pub boundary: Vec<Boundary>,
}

#[derive(Debug)]
pub enum Kind {
    Start,
    End,
    Task { user: bool },
    Gateway(Gateway),
    Call { workflow: String },
    Process { inside: Scope, many: Option<Many> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gateway {
    Exclusive,
    Parallel,
    Inclusive,
}

/// How the instances of a sub-process follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {
    Parallel,
    Sequential,
}

/// An event on the border of an activity.
#[derive(Debug)]
pub struct Boundary {
    pub id: String,
    pub name: String,
    pub interrupts: bool,
    pub trigger: Trigger,
}

#[derive(Debug)]
pub enum Trigger {
    Message,
    Condition(String),
    Timer(Clock),
}

/// When a timer event happens.
#[derive(Debug)]
pub enum Clock {
    Duration(String),
    Date(String),
    Cycle(String),
}

#[derive(Debug)]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub from: usize,
    /// The event on the border it leaves from.
    pub border: Option<usize>,
    pub to: usize,
    pub condition: Option<String>,
    /// Taken when no condition holds.
    pub default: bool,
}
