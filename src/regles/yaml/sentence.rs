//! What the YAML reader refuses, told in French.

use super::{MAX_DEPTH, place};
use crate::regles::problem::{Code, Place, Problem};
use granit_parser::{ErrorKind, ScanError};

pub fn tag(at: Place) -> Problem {
    Problem::new(
        Code::Syntaxe,
        at,
        "Les étiquettes de type (« ! ») ne sont pas admises : retirez-la, ou mettez le texte \
         entre guillemets.",
    )
}

pub fn anchor(at: Place) -> Problem {
    Problem::new(
        Code::Syntaxe,
        at,
        "Les ancres (« & ») ne sont pas admises : répétez le texte, ou mettez-le entre guillemets.",
    )
}

pub fn alias(at: Place) -> Problem {
    Problem::new(
        Code::Syntaxe,
        at,
        "Les renvois (« * ») ne sont pas admis : répétez le texte, ou mettez-le entre guillemets.",
    )
}

pub fn depth(at: Place) -> Problem {
    Problem::new(
        Code::Limite,
        at,
        format!("Plus de {MAX_DEPTH} niveaux imbriqués : aplatissez la structure."),
    )
}

/// The parser's own refusal, in French, by what the writer can do about it.
pub fn syntax(error: &ScanError) -> Problem {
    let at = place(error.marker());
    let message = match error.kind() {
        ErrorKind::RecursionLimitExceeded => return depth(at),
        ErrorKind::MissingAnchorOrAliasName | ErrorKind::UnknownAnchor => return alias(at),
        kind if about_tags(kind) => return tag(at),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => format!(
            "« {open} » est fermé par « {close} » : fermez chaque crochet ou accolade par le sien."
        ),
        ErrorKind::UnclosedFlowCollection { open } => {
            format!("« {open} » n'est jamais fermé : fermez-le.")
        }
        kind if unfinished(kind) => "Le texte s'arrête avant la fin d'un crochet, d'une accolade \
                                     ou d'un guillemet : fermez-le."
            .into(),
        kind if about_tabs(kind) => {
            "Une tabulation sert à décaler le texte : employez des espaces.".into()
        }
        kind if about_escapes(kind) => "La suite « \\… » n'est pas comprise entre guillemets \
                                        doubles : employez des guillemets simples."
            .into(),
        ErrorKind::UnexpectedCharacter { character } => format!(
            "Un texte ne peut pas commencer par « {character} » : mettez-le entre guillemets."
        ),
        ErrorKind::DirectiveDisallowed => {
            "Les directives (« % ») ne sont pas admises : retirez cette ligne.".into()
        }
        ErrorKind::CommentNotSeparated | ErrorKind::CommentInterceptedScalar => {
            "Ce commentaire coupe un texte : laissez une espace avant « # », ou mettez le texte \
             entre guillemets."
                .into()
        }
        _ => "La structure n'est pas comprise ici. Attendu : une « clé: valeur » par ligne, les \
              clés sœurs alignées, une espace après « : » et « - ». Un texte qui contient « : », \
              « # », « { » ou « [ » s'écrit entre guillemets."
            .into(),
    };
    Problem::new(Code::Syntaxe, at, message)
}

fn about_tags(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UndeclaredTagHandle
            | ErrorKind::ExpectedTagBang
            | ErrorKind::InvalidGlobalTagCharacter
            | ErrorKind::InvalidTagTerminator
            | ErrorKind::MissingTagUri
            | ErrorKind::UnclosedVerbatimTag
            | ErrorKind::InvalidTagEscape
            | ErrorKind::InvalidTagUtf8LeadingByte
            | ErrorKind::InvalidTagUtf8TrailingByte
            | ErrorKind::InvalidTagUtf8
    )
}

fn unfinished(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEof
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::UnclosedQuotedScalar
    )
}

fn about_tabs(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar
    )
}

fn about_escapes(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidLowSurrogateHexEscape
            | ErrorKind::InvalidLowSurrogate
            | ErrorKind::MissingLowSurrogate
            | ErrorKind::UnpairedLowSurrogate
            | ErrorKind::InvalidUnicodeEscape
    )
}
