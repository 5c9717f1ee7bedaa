//! Tokens to an untyped tree, where each node keeps its place.

use super::expr::Comparison;
use super::lexer::{Placed, Token, tokens};
use super::{ConditionError, MAX_DEPTH, MAX_NODES};
use crate::workflow::problem::Code;

/// A node and where it starts, in characters.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) at: usize,
    pub(super) node: Node,
}

#[derive(Debug)]
pub(super) enum Node {
    Boolean(bool),
    Integer(i64),
    Text(String),
    List(Vec<Raw>),
    Name(String),
    Call(String, Vec<Raw>),
    All(Vec<Raw>),
    Any(Vec<Raw>),
    Not(Box<Raw>),
    Negate(Box<Raw>),
    Compare(Comparison, Box<Raw>, Box<Raw>),
    In(Box<Raw>, Box<Raw>),
    Plus(Box<Raw>, Box<Raw>),
    Minus(Box<Raw>, Box<Raw>),
}

type Parsed = Result<Raw, ConditionError>;

pub(super) fn parse(source: &str) -> Parsed {
    let mut parser = Parser {
        tokens: tokens(source)?,
        next: 0,
        depth: 0,
        nodes: 0,
    };
    let raw = parser.any()?;
    match parser.peek() {
        Token::End => Ok(raw),
        found => Err(parser.syntax(format!(
            "Un opérateur ou la fin de la condition étaient attendus, {} a été trouvé : {}.",
            found.title(),
            remedy(found)
        ))),
    }
}

/// What to write instead of a token that stands where an operator should.
fn remedy(found: &Token) -> &'static str {
    match found {
        Token::Name(name) => match name.as_str() {
            "et" | "and" => "« et » s'écrit « && »",
            "ou" | "or" => "« ou » s'écrit « || »",
            _ => "reliez les deux parties par un opérateur",
        },
        Token::Symbol(")" | "]") => "retirez-le, ou ouvrez-le plus tôt",
        Token::Symbol("<" | "<=" | ">" | ">=" | "==" | "!=") => {
            "une comparaison ne s'enchaîne pas, reliez-en deux par « && »"
        }
        _ => "reliez les deux parties par un opérateur",
    }
}

struct Parser {
    /// Never empty: ends with `End`.
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
    nodes: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.next)
            .map_or(&Token::End, |placed| &placed.token)
    }

    fn at(&self) -> usize {
        self.tokens
            .get(self.next)
            .or(self.tokens.last())
            .map_or(0, |placed| placed.at)
    }

    fn take(&mut self, symbol: &'static str) -> bool {
        let found = *self.peek() == Token::Symbol(symbol);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &'static str) -> Result<(), ConditionError> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(self.syntax(format!(
            "« {symbol} » était attendu, {} a été trouvé : ajoutez-le ou retirez ce qui précède.",
            self.peek().title()
        )))
    }

    fn syntax(&self, message: String) -> ConditionError {
        ConditionError::new(self.at(), Code::Syntaxe, message)
    }

    fn node(&mut self, at: usize, node: Node) -> Parsed {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(ConditionError::new(
                at,
                Code::Limite,
                format!(
                    "Une condition compte au plus {MAX_NODES} noms, valeurs et opérateurs : \
                     répartissez-la entre plusieurs exigences."
                ),
            ));
        }
        Ok(Raw { at, node })
    }

    /// Runs `inner` one level deeper: every recursion goes through here.
    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ConditionError>,
    ) -> Result<T, ConditionError> {
        if self.depth == MAX_DEPTH {
            return Err(ConditionError::new(
                self.at(),
                Code::Limite,
                format!(
                    "Une condition s'imbrique sur {MAX_DEPTH} niveaux au plus : \
                     retirez des parenthèses ou répartissez-la."
                ),
            ));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn any(&mut self) -> Parsed {
        self.connective("||", Self::all, Node::Any)
    }

    fn all(&mut self) -> Parsed {
        self.connective("&&", Self::relation, Node::All)
    }

    fn connective(
        &mut self,
        symbol: &'static str,
        operand: fn(&mut Self) -> Parsed,
        build: fn(Vec<Raw>) -> Node,
    ) -> Parsed {
        let first = operand(self)?;
        if *self.peek() != Token::Symbol(symbol) {
            return Ok(first);
        }
        let at = first.at;
        let mut operands = vec![first];
        while self.take(symbol) {
            operands.push(operand(self)?);
        }
        self.node(at, build(operands))
    }

    fn relation(&mut self) -> Parsed {
        let left = self.sum()?;
        let at = left.at;
        let comparison = match self.peek() {
            Token::Symbol("==") => Comparison::Eq,
            Token::Symbol("!=") => Comparison::Ne,
            Token::Symbol("<") => Comparison::Lt,
            Token::Symbol("<=") => Comparison::Le,
            Token::Symbol(">") => Comparison::Gt,
            Token::Symbol(">=") => Comparison::Ge,
            Token::Name(name) if name == "in" => {
                self.next += 1;
                let right = self.sum()?;
                return self.node(at, Node::In(Box::new(left), Box::new(right)));
            }
            _ => return Ok(left),
        };
        self.next += 1;
        let right = self.sum()?;
        self.node(
            at,
            Node::Compare(comparison, Box::new(left), Box::new(right)),
        )
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.unary()?;
        loop {
            let build = if self.take("+") {
                Node::Plus
            } else if self.take("-") {
                Node::Minus
            } else {
                return Ok(left);
            };
            let right = self.unary()?;
            let at = left.at;
            left = self.node(at, build(Box::new(left), Box::new(right)))?;
        }
    }

    fn unary(&mut self) -> Parsed {
        let at = self.at();
        if self.take("!") {
            let operand = self.deeper(Self::unary)?;
            return self.node(at, Node::Not(Box::new(operand)));
        }
        if self.take("-") {
            if let Token::Integer(value) = *self.peek() {
                self.next += 1;
                return self.integer(at, 0_i64.checked_sub_unsigned(value));
            }
            let operand = self.deeper(Self::unary)?;
            return self.node(at, Node::Negate(Box::new(operand)));
        }
        self.primary()
    }

    fn integer(&mut self, at: usize, value: Option<i64>) -> Parsed {
        match value {
            Some(value) => self.node(at, Node::Integer(value)),
            None => Err(ConditionError::new(
                at,
                Code::Limite,
                "Ce nombre est trop grand : un entier tient sur 64 bits.",
            )),
        }
    }

    fn primary(&mut self) -> Parsed {
        let at = self.at();
        let token = self.peek().clone();
        self.next += usize::from(token != Token::End);
        match token {
            Token::Integer(value) => self.integer(at, i64::try_from(value).ok()),
            Token::Text(text) => self.node(at, Node::Text(text)),
            Token::Name(name) if name != "in" => self.named(at, name),
            Token::Symbol("(") => {
                let inner = self.deeper(Self::any)?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Symbol("[") => {
                let items = self.deeper(|parser| parser.arguments("]"))?;
                self.node(at, Node::List(items))
            }
            found => Err(ConditionError::new(
                at,
                Code::Syntaxe,
                format!(
                    "Un nom, une valeur ou une parenthèse étaient attendus, {} a été trouvé : \
                     complétez ou retirez ce qui précède.",
                    found.title()
                ),
            )),
        }
    }

    fn named(&mut self, at: usize, name: String) -> Parsed {
        if self.take("(") {
            let arguments = self.deeper(|parser| parser.arguments(")"))?;
            return self.node(at, Node::Call(name, arguments));
        }
        let node = match name.as_str() {
            "true" => Node::Boolean(true),
            "false" => Node::Boolean(false),
            _ => Node::Name(name),
        };
        self.node(at, node)
    }

    /// What stands between commas up to `close`.
    fn arguments(&mut self, close: &'static str) -> Result<Vec<Raw>, ConditionError> {
        let mut arguments = Vec::new();
        if self.take(close) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.any()?);
            if !self.take(",") {
                self.expect(close)?;
                return Ok(arguments);
            }
        }
    }
}
