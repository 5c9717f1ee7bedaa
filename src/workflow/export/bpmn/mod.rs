//! BPMN 2.0 with diagram interchange: every element has its shape, every flow its way.
//!
//! | Here | BPMN |
//! |---|---|
//! | state in which someone may act | user task |
//! | state in which only time or facts decide | task |
//! | state with automatic moves only | exclusive gateway |
//! | acts that leave | flows out of the task, through an exclusive gateway when there are several |
//! | refusal of an agreement | one more of these flows |
//! | deadline that moves, agreement that expires | interrupting timer event on the border |
//! | deadline that opens a workflow | non-interrupting timer event, then a call activity |
//! | automatic move of a state in which one may act | conditional event on the border |
//! | act on a state that has parts | message event on the border of its sub-process |
//! | state that holds states | sub-process |
//! | `for_each` | multi-instance sub-process, parallel or sequential |
//! | `parallel` | sub-process: a gateway opens one sub-process per region, another joins them |
//! | region with `when` | the opening and joining gateways are inclusive |
//! | `done` | the flow out of the sub-process |
//! | final state, `end` | end event |
//! | entry in mid-life | one more start event |
//!
//! What BPMN cannot say stands in `documentation`: who must consent and on which digest, named
//! conditions, acts and deadlines that stay, soft deadlines, legal sources. Interruptions are left
//! out.

mod build;
mod model;
mod place;
mod write;

use super::Source;

/// Writes a workflow as BPMN.
pub fn write(source: Source<'_>) -> String {
    let scope = build::root(source);
    let placed = place::place(&scope);
    write::write(source, &scope, &placed)
}
