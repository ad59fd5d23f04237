"""The index's tables. Ids are in the order in which equally good hits are shown, so that the order needs no sorting of names.

A thing's id is its place: things with a name of their own first, then concepts, findings and
rules, observations, conflicts, and what is here by name alone, each by IRI. `name.rank` orders names that match
equally well: the thing's class, the kind of name, the length. `form` holds, for each word, what it may be a form of, marked by
a letter (see folding.py; `w` the word itself, `s` its sound), and each of these backwards under the capital letter.
"""

from __future__ import annotations

VERSION = "3"
"""Of the layout and of the folding: an index of another version is made anew."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE document (id INTEGER PRIMARY KEY, iri TEXT NOT NULL);
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind INTEGER NOT NULL, curated INTEGER NOT NULL, name INTEGER NOT NULL,
  begin TEXT NOT NULL, end TEXT NOT NULL, place_en INTEGER NOT NULL, place_ru INTEGER NOT NULL, place_kk INTEGER NOT NULL
);
CREATE TABLE name (
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, rank INTEGER NOT NULL, match INTEGER NOT NULL,
  language TEXT NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL
);
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE form (form TEXT NOT NULL, word INTEGER NOT NULL, PRIMARY KEY (form, word)) WITHOUT ROWID;
CREATE TABLE about (document INTEGER NOT NULL, thing INTEGER NOT NULL, PRIMARY KEY (document, thing)) WITHOUT ROWID;
CREATE VIRTUAL TABLE names USING fts5(
  folded, content='', detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Cn'");
CREATE VIRTUAL TABLE things USING fts5(
  folded, content='', detail=none, columnsize=0, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Cn'");
CREATE VIRTUAL TABLE part USING fts5(text, content='word', content_rowid='id', columnsize=0, tokenize='trigram');
"""
INDEXES = (
    "CREATE UNIQUE INDEX thing_iri ON thing (iri)",
    "CREATE INDEX thing_kind ON thing (kind, id)",
    "CREATE INDEX name_folded ON name (folded, id)",
    "CREATE INDEX name_thing ON name (thing)",
    "CREATE INDEX about_thing ON about (thing, document)",
)
TIERS = ("exact", "code", "form", "prefix", "phrase", "words", "several", "inflected", "part", "misspelt")
"""How a name was matched, best first: the whole label; a whole number, identifier or other code; the whole label in another form of
its words or in other letters; its beginning; the words one after the other, or anywhere in a name; in several names of the thing;
forms of the words; parts of words; words one letter away."""
SCORES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.65, 0.55, 0.45, 0.3, 0.2)
