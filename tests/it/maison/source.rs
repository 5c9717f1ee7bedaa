//! What the rules need to know of a Rust file, read from its tokens: comments and strings cannot
//! deceive it, and paths written inside macros are seen.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One Rust file, reduced to what rules judge.
#[derive(Debug, Default)]
pub struct Source {
    pub paths: Vec<Path>,
    pub functions: Vec<Function>,
    pub identifiers: Vec<(usize, String)>,
}

/// A path of two segments or more, resolved to the crate's root when it starts inside it.
#[derive(Debug)]
pub struct Path {
    pub line: usize,
    /// `["crate", "regles", "delai"]` or `["std", "fs"]`.
    pub segments: Vec<String>,
    /// Under `#[cfg(test)]`.
    pub test: bool,
}

/// A function and the lines it covers, from `fn` to its closing brace.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// Where the walk stands.
#[derive(Clone)]
struct Scope {
    module: Vec<String>,
    test: bool,
}

impl Source {
    /// Reads `text`, the file at `path` (`src/workflow/net/mod.rs`).
    ///
    /// # Errors
    /// A sentence when the text is not made of Rust tokens.
    pub fn read(path: &str, text: &str) -> Result<Self, String> {
        let tokens = TokenStream::from_str(text).map_err(|error| format!("{path}: {error}"))?;
        let test =
            !path.starts_with("src/") || path.ends_with("/tests.rs") || path.contains("/tests/");
        let scope = Scope {
            module: module_of(path),
            test,
        };
        let mut source = Self::default();
        source.walk(tokens, &scope);
        Ok(source)
    }

    fn walk(&mut self, tokens: TokenStream, scope: &Scope) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut under_test = false;
        let mut at = 0;
        while at < tokens.len() {
            let inner = Scope {
                test: scope.test || under_test,
                ..scope.clone()
            };
            match &tokens[at] {
                TokenTree::Ident(_) => at = self.word(&tokens, at, &inner),
                TokenTree::Group(group) => {
                    if group.delimiter() == Delimiter::Bracket && is_test(&group.stream()) {
                        under_test = true;
                    } else if group.delimiter() == Delimiter::Brace {
                        under_test = false;
                    }
                    let scope = match module_opened(&tokens, at) {
                        Some(name) => inner.enter(name),
                        None => inner,
                    };
                    self.walk(group.stream(), &scope);
                    at += 1;
                }
                TokenTree::Punct(punct) => {
                    under_test &= punct.as_char() != ';';
                    at += 1;
                }
                TokenTree::Literal(_) => at += 1,
            }
        }
    }

    /// One word, and the path or function it starts; where to go on from.
    fn word(&mut self, tokens: &[TokenTree], at: usize, scope: &Scope) -> usize {
        let TokenTree::Ident(ident) = &tokens[at] else {
            return at + 1;
        };
        let line = ident.span().start().line;
        let word = ident.to_string();
        if word == "fn" {
            self.function(tokens, at);
        }
        if word == "use" && !precise_capture(tokens, at) {
            return self.tree(tokens, at + 1, &[], scope);
        }
        self.identifiers.push((line, word.clone()));
        let mut segments = vec![word];
        let mut next = at + 1;
        while separator(tokens, next)
            && let Some(TokenTree::Ident(segment)) = tokens.get(next + 2)
        {
            self.identifiers.push((line, segment.to_string()));
            segments.push(segment.to_string());
            next += 3;
        }
        if segments.len() > 1 {
            self.path(line, segments, scope);
        }
        next
    }

    /// A `use` tree from `at`, below `prefix`, to its `;` or the end of its braces.
    fn tree(
        &mut self,
        tokens: &[TokenTree],
        mut at: usize,
        prefix: &[String],
        scope: &Scope,
    ) -> usize {
        let mut segments = prefix.to_vec();
        let mut line = 0;
        let mut renamed = false;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(ident) if ident == "as" => renamed = true,
                TokenTree::Ident(ident) => {
                    line = ident.span().start().line;
                    self.identifiers.push((line, ident.to_string()));
                    if !renamed {
                        segments.push(ident.to_string());
                    }
                }
                TokenTree::Group(group) => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    self.tree(&inner, 0, &segments, scope);
                    segments.clear();
                }
                TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => {
                    self.path(line, std::mem::take(&mut segments), scope);
                    if punct.as_char() == ';' {
                        return at;
                    }
                    segments = prefix.to_vec();
                    renamed = false;
                }
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    line = punct.span().start().line;
                    segments.push("*".to_owned());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
        self.path(line, segments, scope);
        at
    }

    fn path(&mut self, line: usize, segments: Vec<String>, scope: &Scope) {
        if !segments.is_empty() {
            self.paths.push(Path {
                line,
                segments: scope.resolve(segments),
                test: scope.test,
            });
        }
    }

    fn function(&mut self, tokens: &[TokenTree], at: usize) {
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else {
            return; // the type `fn(A) -> B`
        };
        let line = name.span().start().line;
        let body = tokens[at..].iter().find_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(Some(group)),
            TokenTree::Punct(punct) if punct.as_char() == ';' => Some(None),
            _ => None,
        });
        if let Some(Some(body)) = body {
            self.functions.push(Function {
                name: name.to_string(),
                line,
                lines: body.span_close().end().line - line + 1,
            });
        }
    }
}

impl Scope {
    fn enter(mut self, name: String) -> Self {
        self.module.push(name);
        self
    }

    /// `self`, `super` and the crate's own name become paths from `crate`.
    fn resolve(&self, segments: Vec<String>) -> Vec<String> {
        let mut module = self.module.clone();
        let skip = match segments[0].as_str() {
            "crate" | "entente" => {
                module.clear();
                1
            }
            "self" => 1,
            "super" => {
                let ups = segments.iter().take_while(|it| *it == "super").count();
                module.truncate(module.len().saturating_sub(ups));
                ups
            }
            _ => return segments,
        };
        let mut from_root = vec!["crate".to_owned()];
        from_root.extend(module);
        from_root.extend(segments.into_iter().skip(skip));
        from_root
    }
}

/// `src/workflow/net/mod.rs` → `["workflow", "net"]`; the roots `lib.rs` and `main.rs` → `[]`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    let mut module: Vec<String> = inside
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    let last = module.last().map(String::as_str);
    if last == Some("mod") || matches!(inside, "lib.rs" | "main.rs") {
        module.pop();
    }
    module
}

/// The name of the inline module whose braces stand at `at`.
fn module_opened(tokens: &[TokenTree], at: usize) -> Option<String> {
    match (tokens.get(at.checked_sub(2)?)?, tokens.get(at - 1)?) {
        (TokenTree::Ident(word), TokenTree::Ident(name)) if word == "mod" => Some(name.to_string()),
        _ => None,
    }
}

/// `impl Trait + use<'a>`: the same word, not an import.
fn precise_capture(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at + 1), Some(TokenTree::Punct(punct)) if punct.as_char() == '<')
}

fn is_test(attribute: &TokenStream) -> bool {
    attribute.to_string().replace(' ', "") == "cfg(test)"
}

fn separator(tokens: &[TokenTree], at: usize) -> bool {
    [at, at + 1].iter().all(
        |&at| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':'),
    )
}
