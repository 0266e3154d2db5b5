"""What are the invented people called? Given and family names of many cultures, combined by lot, so that a full
name is nobody's in particular. An underscore stands for a space inside a name."""

import unicodedata
from dataclasses import dataclass

import numpy as np

from regulars.simulator.arrays import Floats
from regulars.simulator.streams import pick_columns

GIVEN = {
    "german": """Anna Lukas Jürgen Käthe Sören Birgit Matthias Heike Günther Sabine Ralf Annegret Björn Silke Thorsten
        Ulrike Jannik Frieda Emil Mathilda Konrad Lieselotte Henrik Dörte Volker Antje Tobias Ronja Florian Hannelore
        Jörg Marlene Bastian Theresa Wolfgang Elke Jonas Clara Moritz Renate Till Greta Valentin Ingrid Karsten Nele
        Rüdiger Johanna Fabian Veronika Detlef Paula Simon Gudrun Malte Luise Hartmut Pia Leopold Friederike""",
    "french": """Camille Étienne Chloé Baptiste Solène Rémi Océane Thibault Maëlle Guillaume Inès Loïc Margaux Aurélien
        Hélène Gaël Manon Cédric Noémie Yann Clémence Bastien Léonie Octave Anaïs Benoît""",
    "dutch": """Sanne Daan Femke Joost Lotte Sjoerd Anouk Bram Marijke Thijs Roos Wouter Fenna Jeroen Willemijn Pieter
        Saskia Maarten Noor Ruben Liesbeth Gijs""",
    "english": """Olivia Callum Imogen Rhys Harriet Declan Poppy Alistair Siobhán Gareth Freya Angus Beatrice Niamh Rory
        Elspeth Connor Tamsin Duncan Aoife Jasper Rosalind""",
    "turkish": "Ayşe Emre Zeynep Kerem Elif Burak Gülay Cem Nazlı Ozan Şirin Tolga Derya Hakan Meryem Yusuf",
    "polish": "Agnieszka Łukasz Małgorzata Paweł Zofia Grzegorz Kinga Wojciech Halina Michał Jadwiga Tomasz Ewa",
    "italian": "Giulia Lorenzo Chiara Matteo Francesca Davide Ilaria Niccolò Beatrice Salvatore Lucia Enzo Fiorella",
    "arabic": "Layla Omar Samira Karim Nour Tarek Yasmin Bilal Huda Rami Amina Ziad Farah Idris",
    "african": "Chidi Amara Kwame Ngozi Kofi Adaeze Tunde Abena Sekou Folake Emeka Zainab Yaw Ifeoma",
    "indian": "Priya Arjun Kavya Rohan Meera Vikram Ananya Sanjay Lakshmi Nikhil Divya Harish",
    "vietnamese": "Linh Minh Thảo Quang Hương Tuấn Ngọc Đức Phương Hải Lan Khoa",
    "nordic": "Astrid Bjørn Sigrid Håkon Maja Åke Signe Mikkel Solveig Jørgen Elin Torsten",
    "iberian": "Lucía Javier Inês Joaquín Marisol Tomé Begoña Íñigo Conceição Álvaro Pilar Rui",
    "chinese": """伟=wei 芳=fang 秀英=xiuying 子轩=zixuan 雨桐=yutong 建国=jianguo 思远=siyuan 晓梅=xiaomei 浩然=haoran
        丽娟=lijuan 志强=zhiqiang 欣怡=xinyi 文博=wenbo 静怡=jingyi 明哲=mingzhe 佳琪=jiaqi""",
}
FAMILY = {
    "german": """Müller Schröder Bäcker Hofstätter Krüger Lindemann Vogt Brandstetter Köhler Steinhauer Jäger Wiesner
        Böhm Achterberg Rösler Holzapfel Grünwald Kaltenbach Förster Nießen Pfeiffer Dornbusch Schäfer Ullmann Zöller
        Eichhorn Höfer Maibaum Strauß Winkelmann Bühler Habermann Lüders Tiedemann Möhring Osterkamp Groß Rautenberg
        Hänsel Quandt Sommerfeld Weidlich Früh Kleinschmidt Büttner Engelhardt Vößing Ahrens Jürgens Trautmann Mößner
        Oelschläger Brückner Isenberg Süßmilch Hartleben Fährmann Lohse Knöpfle Reitmaier Üblacker Zapf Heidrich
        Schmidt-Rottluff Meyer-Landrut Wüst Allgäuer Pröll Kranz Überall Dietzel Seifert Noack Wendland Görlitz Thoma
        Spörl Nägele Utz Rademacher""",
    "french": """Lefèvre Beaumont Désormeaux Garnier L'Hermitte Chevalier D'Aubigny Rousselot Fontaine Girardin Béranger
        Marchais Deschênes Poirier Vasseur Thévenot Lacombe Bouchet Roquefeuil Saint-Clair Mercœur Hébrard Delacour
        Joubert Pélissier Cazenave""",
    "dutch": """van_der_Berg de_Wit Hoekstra Dijkstra van_'t_Hoff Vermeulen Bakker Smeets Terpstra van_den_Brink
        Kuipers de_Groot Zijlstra Haverkamp Nieuwenhuis Oosterhuis Schouten Wiersma Brouwer Postma""",
    "english": """O'Brien Whitfield Ashworth MacLeod Pemberton D'Arcy O'Malley Thackeray Hargreaves Penrose Fairbairn
        Llewellyn Sutcliffe O'Connor Blackwood Featherstone Kinsella Marlowe Trevelyan Wainwright""",
    "turkish": "Yıldız Demirci Öztürk Kaplan Çelik Aksoy Güneş Şahin Korkmaz Erdoğdu Bulut Tekin Uçar Aydın",
    "polish": "Wiśniewski Kowalczyk Zając Dąbrowski Szymczak Nowicki Wróbel Gołąb Jabłoński Krawiec Lis Świątek",
    "italian": "D'Angelo Bellini Esposito Ferrante Dell'Acqua Moretti Pellegrino Rinaldi Santoro Vitale Zanetti Greco",
    "arabic": "El-Amin Haddad Al-Rashid Mansour Nasser Khoury Ben_Salem Darwish Saleh Aziz Farouk Hamdan",
    "african": "Adeyemi Mensah Eze Diallo Boateng Nwosu Traoré Asante Balogun Touré Owusu Abiola",
    "indian": "Iyer Chatterjee Deshpande Nair Kulkarni Banerjee Reddy Bhatt Menon Kapoor Joshi Rao",
    "vietnamese": "Nguyễn Trần Lê Phạm Hoàng Đặng Bùi Vũ Dương Đỗ",
    "nordic": "Bergström Sørensen Åkesson Nygård Halvorsen Öberg Kjær Söderlund Haugen Mäkinen Virtanen Lund",
    "iberian": "García-Robles Núñez Figueiredo Cortázar Ibáñez Gonçalves Peñalver Araújo Zubiri Quintão Solís Brandão",
    "chinese": "王=wang 李=li 张=zhang 陈=chen 刘=liu 赵=zhao 周=zhou 吴=wu 孙=sun 马=ma 林=lin 欧阳=ouyang 许=xu",
}
CULTURES = tuple(GIVEN)
CULTURES_OF_COUNTRY = {
    "DE": {"german": 64, "turkish": 8, "polish": 5, "italian": 5, "arabic": 4, "chinese": 4, "vietnamese": 3}
    | {"nordic": 2, "african": 2, "iberian": 2, "indian": 1},
    "AT": {"german": 76, "turkish": 6, "italian": 6, "polish": 5, "chinese": 4, "arabic": 3},
    "FR": {"french": 72, "arabic": 9, "african": 6, "iberian": 5, "chinese": 4, "italian": 4},
    "NL": {"dutch": 74, "turkish": 7, "arabic": 6, "german": 5, "chinese": 4, "indian": 4},
    "GB": {"english": 66, "indian": 12, "african": 8, "chinese": 5, "polish": 5, "iberian": 4},
}
LATIN_SPELLINGS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe",
    "đ": "d", "ı": "i",
}  # fmt: skip


@dataclass(frozen=True)
class Name:
    """How a person is called, and the same in small Latin letters for an e-mail address."""

    display: str
    given_latin: str
    family_latin: str


def invent_names(luck: np.random.Generator, countries: list[str]) -> list[Name]:
    """One name for each country code in the list, with the cultures of that country.

    No full name occurs twice as long as a culture has names left; then namesakes appear, as in life.
    Raises KeyError for a country without cultures.
    """
    decks = {culture: _shuffled_names(luck, culture) for culture in CULTURES}
    dealt = dict.fromkeys(CULTURES, 0)
    names = []
    for culture in _draw_cultures(luck, countries):
        deck = decks[culture]
        names.append(deck[dealt[culture] % len(deck)])
        dealt[culture] += 1
    return names


def family_name(culture: str, position: int) -> Name:
    """A name with an empty given part, to plant families: the same position gives the same family."""
    display, latin = _spellings(FAMILY[culture].split()[position])
    return Name(display, "", latin)


def given_name(culture: str, position: int) -> Name:
    """A name with an empty family part; the position wraps around."""
    words = GIVEN[culture].split()
    display, latin = _spellings(words[position % len(words)])
    return Name(display, latin, "")


def _draw_cultures(luck: np.random.Generator, countries: list[str]) -> list[str]:
    codes = list(CULTURES_OF_COUNTRY)
    weights: Floats = np.array([[CULTURES_OF_COUNTRY[c].get(k, 0) for k in CULTURES] for c in codes], dtype=np.float64)
    place = {code: row for row, code in enumerate(codes)}
    rows = np.array([place[code] for code in countries], dtype=np.int64)
    return [CULTURES[column] for column in pick_columns(weights, rows, uniforms=luck.random(rows.size))]


def _shuffled_names(luck: np.random.Generator, culture: str) -> list[Name]:
    pairs = [(given, family) for given in GIVEN[culture].split() for family in FAMILY[culture].split()]
    return [_full_name(culture, given=pairs[n][0], family=pairs[n][1]) for n in luck.permutation(len(pairs))]


def _full_name(culture: str, *, given: str, family: str) -> Name:
    shown_given, given_latin = _spellings(given)
    shown_family, family_latin = _spellings(family)
    display = shown_family + shown_given if culture == "chinese" else f"{shown_given} {shown_family}"
    return Name(display, given_latin, family_latin)


def _spellings(word: str) -> tuple[str, str]:
    """The shown spelling and the Latin one, which Chinese names bring along."""
    shown, _, latin = word.replace("_", " ").partition("=")
    return shown, latin or _in_latin(shown)


def _in_latin(word: str) -> str:
    small = "".join(LATIN_SPELLINGS.get(letter, letter) for letter in unicodedata.normalize("NFC", word.lower()))
    return "".join(letter for letter in unicodedata.normalize("NFKD", small) if letter.isascii() and letter.isalpha())
