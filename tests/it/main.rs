//! One integration binary.

mod ligne_de_commande;
