//! Reading lines while remembering which: what was found, what was missing.

use super::lignes::{Bloc, Cle, Exact, Lieu, Ligne, Lignes, Valeur};
use crate::metier::nombre::Nombre;
use chrono::NaiveDate;
use std::cell::RefCell;

/// Reads the lines of an exercise. Each reader gives `None` when the line is absent or holds
/// something of another kind, and keeps its name.
pub struct Lecteur<'l> {
    pub lignes: &'l Lignes,
    lus: RefCell<Vec<Cle>>,
    manque: RefCell<Vec<Cle>>,
}

impl<'l> Lecteur<'l> {
    pub fn de(lignes: &'l Lignes) -> Self {
        Self {
            lignes,
            lus: RefCell::default(),
            manque: RefCell::default(),
        }
    }

    /// What was read, then what was missing, since the last time; each once.
    pub fn releve(&self) -> (Vec<Cle>, Vec<Cle>) {
        let sans_double = |cles: &RefCell<Vec<Cle>>| {
            let mut cles = cles.take();
            cles.sort();
            cles.dedup();
            cles
        };
        (sans_double(&self.lus), sans_double(&self.manque))
    }

    /// Says that a line was needed and is not there.
    pub fn manque(&self, bloc: Bloc, lieu: Lieu, annee: i32, code: &str) {
        self.manque.borrow_mut().push(Cle {
            bloc,
            lieu,
            annee,
            code: code.to_owned(),
        });
    }

    /// Says that a line is there and gives nothing to divide by.
    pub fn nul<T>(&self, bloc: Bloc, lieu: Lieu, annee: i32, code: &str) -> Option<T> {
        self.manque(bloc, lieu, annee, code);
        None
    }

    fn lu(&self, bloc: Bloc, lieu: Lieu, annee: i32, code: &str) {
        self.lus.borrow_mut().push(Cle {
            bloc,
            lieu,
            annee,
            code: code.to_owned(),
        });
    }

    fn valeur<T>(
        &self,
        (bloc, lieu, annee): (Bloc, Lieu, i32),
        code: &str,
        prend: impl FnOnce(&Valeur) -> Option<T>,
    ) -> Option<T> {
        let ligne = self.lignes.trouve(bloc, lieu, annee, code);
        let lue = ligne.and_then(|ligne| prend(&ligne.valeur));
        if lue.is_some() {
            self.lu(bloc, lieu, annee, code);
        } else {
            self.manque(bloc, lieu, annee, code);
        }
        lue
    }

    /// An amount of a year, in cents.
    pub fn montant_de(&self, bloc: Bloc, lieu: Lieu, annee: i32, code: &str) -> Option<i64> {
        self.valeur((bloc, lieu, annee), code, |valeur| match valeur {
            Valeur::Montant(centimes) => Some(*centimes),
            _ => None,
        })
    }

    /// An amount of the exercise, in cents.
    pub fn montant(&self, bloc: Bloc, lieu: Lieu, code: &str) -> Option<i64> {
        self.montant_de(bloc, lieu, self.lignes.exercice, code)
    }

    /// The same; zero when the line is not there, which is then nobody's fault.
    pub fn montant_ou_zero(&self, bloc: Bloc, lieu: Lieu, annee: i32, code: &str) -> i64 {
        if self.lignes.trouve(bloc, lieu, annee, code).is_none() {
            return 0;
        }
        self.montant_de(bloc, lieu, annee, code).unwrap_or_default()
    }

    /// A quantity or a rate of a year.
    pub fn nombre_de(&self, bloc: Bloc, lieu: Lieu, annee: i32, code: &str) -> Option<Exact> {
        self.valeur((bloc, lieu, annee), code, |valeur| match valeur {
            Valeur::Quantite(nombre) | Valeur::Taux(nombre) => Some(exact(*nombre)),
            _ => None,
        })
    }

    /// A quantity or a rate of the exercise.
    pub fn nombre(&self, bloc: Bloc, lieu: Lieu, code: &str) -> Option<Exact> {
        self.nombre_de(bloc, lieu, self.lignes.exercice, code)
    }

    pub fn texte(&self, bloc: Bloc, lieu: Lieu, code: &str) -> Option<&'l str> {
        let exercice = self.lignes.exercice;
        let lignes: &'l Lignes = self.lignes;
        let trouvee = lignes.trouve(bloc, lieu, exercice, code);
        if let Some(Ligne {
            valeur: Valeur::Texte(texte),
            ..
        }) = trouvee
        {
            self.lu(bloc, lieu, exercice, code);
            return Some(texte);
        }
        self.manque(bloc, lieu, exercice, code);
        None
    }

    pub fn jour(&self, bloc: Bloc, code: &str) -> Option<NaiveDate> {
        let cle = (bloc, Lieu::Ensemble, self.lignes.exercice);
        self.valeur(cle, code, |valeur| match valeur {
            Valeur::Jour(jour) => Some(*jour),
            _ => None,
        })
    }

    pub fn oui(&self, bloc: Bloc, lieu: Lieu, code: &str) -> Option<bool> {
        let cle = (bloc, lieu, self.lignes.exercice);
        self.valeur(cle, code, |valeur| match valeur {
            Valeur::Oui(oui) => Some(*oui),
            _ => None,
        })
    }

    pub fn annee(&self, bloc: Bloc, code: &str) -> Option<i32> {
        let cle = (bloc, Lieu::Ensemble, self.lignes.exercice);
        self.valeur(cle, code, |valeur| match valeur {
            Valeur::Annee(annee) => Some(*annee),
            _ => None,
        })
    }

    /// The sum of a compte de résultat's accounts that begin by one of these; « - » before one:
    /// those are left out. `None` when the establishment has no line in the block that year.
    pub fn comptes_de(&self, bloc: Bloc, lieu: Lieu, annee: i32, prefixes: &[&str]) -> Option<i64> {
        if self.lignes.du_bloc(bloc, lieu, annee).next().is_none() {
            self.manque(bloc, lieu, annee, "*");
            return None;
        }
        if self.cache_un_illisible((bloc, lieu, annee), prefixes) {
            return None;
        }
        let exclus: Vec<&str> = prefixes
            .iter()
            .filter_map(|p| p.strip_prefix('-'))
            .collect();
        let mut somme = 0;
        for debut in prefixes.iter().filter(|p| !p.starts_with('-')) {
            for (code, ligne) in self.lignes.commencant((bloc, lieu, annee), debut) {
                if exclus.iter().any(|e| code.starts_with(e)) {
                    continue;
                }
                if let Valeur::Montant(centimes) = ligne.valeur {
                    self.lu(bloc, lieu, annee, code);
                    somme += centimes;
                }
            }
        }
        Some(somme)
    }

    /// Whether a figure of a sum is there and was not read: it is named.
    fn cache_un_illisible(&self, ici: (Bloc, Lieu, i32), prefixes: &[&str]) -> bool {
        let dans = |code: &str| {
            let exclu = |p: &&str| p.strip_prefix('-').is_some_and(|p| code.starts_with(p));
            prefixes.iter().any(|p| code.starts_with(p)) && !prefixes.iter().any(exclu)
        };
        let (bloc, lieu, annee) = ici;
        let mut un = false;
        for code in self.lignes.illisibles(ici).filter(|code| dans(code)) {
            self.manque(bloc, lieu, annee, code);
            un = true;
        }
        un
    }

    /// The same, of the exercise.
    pub fn comptes(&self, bloc: Bloc, lieu: Lieu, prefixes: &[&str]) -> Option<i64> {
        self.comptes_de(bloc, lieu, self.lignes.exercice, prefixes)
    }

    /// The sum of the amounts of a block whose code begins so. `None`: no such line.
    pub fn total(&self, bloc: Bloc, lieu: Lieu, annee: i32, debut: &str) -> Option<i64> {
        if self.cache_un_illisible((bloc, lieu, annee), &[debut]) {
            return None;
        }
        let mut somme = None;
        for (code, ligne) in self.lignes.commencant((bloc, lieu, annee), debut) {
            if let Valeur::Montant(centimes) = ligne.valeur {
                self.lu(bloc, lieu, annee, code);
                somme = Some(somme.unwrap_or(0) + centimes);
            }
        }
        if somme.is_none() {
            self.manque(bloc, lieu, annee, &format!("{debut}*"));
        }
        somme
    }

    /// The sum of the quantities of a block. `None`: no such line.
    pub fn quantites(&self, bloc: Bloc, lieu: Lieu, annee: i32) -> Option<Exact> {
        if self.cache_un_illisible((bloc, lieu, annee), &[""]) {
            return None;
        }
        let mut somme = None;
        for (code, ligne) in self.lignes.du_bloc(bloc, lieu, annee) {
            if let Valeur::Quantite(nombre) = ligne.valeur {
                self.lu(bloc, lieu, annee, code);
                somme = Some(somme.unwrap_or(Exact::from(0)) + exact(nombre));
            }
        }
        if somme.is_none() {
            self.manque(bloc, lieu, annee, "*");
        }
        somme
    }
}

/// The number as a fraction. Lines keep few decimals: it always holds.
pub fn exact(nombre: Nombre) -> Exact {
    let (mantisse, decimales) = nombre.decompose();
    Exact::new(i128::from(mantisse), 10_i128.pow(decimales.min(30)))
}
