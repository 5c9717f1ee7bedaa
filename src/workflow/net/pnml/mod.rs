//! PNML (ISO/IEC 15909-2), place/transition nets. Written by the 2009 grammar; read as tools write
//! it: any or no namespace, nested pages or none, `<value>` for `<text>`, declared final markings.

mod read;
mod write;

pub use read::{MAX_BYTES, read};
pub use write::write;

/// The one namespace of the 2009 grammar.
const NAMESPACE: &str = "http://www.pnml.org/version-2009/grammar/pnml";
/// The type of place/transition nets in it.
const PTNET: &str = "http://www.pnml.org/version-2009/grammar/ptnet";
